"""What a chart waits for: 10 series × 30 days at 1 Hz, and the raw readings of one series over 24 h. Warm."""

from __future__ import annotations

import http.client
import time

from benchmarks import prepare
from benchmarks.harness import Hub, work_folder
from benchmarks.report import Figure, Options, median

SERIES = 10


def ask_milliseconds(hub: Hub, path: str, times: int) -> tuple[list[float], int]:
    """Milliseconds until the last byte of each of `times` answers, after three unmeasured ones; bytes of an answer."""
    key = (hub.folder / "owner.key").read_text("utf-8").strip()
    connection = http.client.HTTPConnection(*hub.http, timeout=300)
    waits, size = [], 0
    for _ in range(times + 3):
        began = time.perf_counter()
        connection.request("GET", path, headers={"Authorization": f"Bearer {key}"})
        answer = connection.getresponse()
        body = answer.read()
        waits.append((time.perf_counter() - began) * 1000)
        size = len(body)
        if answer.status != 200:
            raise RuntimeError(f"GET {path}: {answer.status} {body[:300]!r}")
    connection.close()
    return waits[3:], size


def measure(options: Options) -> list[Figure]:
    days = options.pick(30, 3)
    start = (int(time.time()) // 86_400 - days) * 86_400
    times = options.pick(15, 5)
    with work_folder(options.folder) as folder:
        names = prepare.introduce(folder, [("hist", "plotter", " ".join(f"s{i}:1" for i in range(SERIES)))])
        ids = [names[f"hist/s{i}"] for i in range(SERIES)]
        prepare.fill(folder, prepare.readings(ids, start * 1_000_000, days))
        until = start + days * 86_400
        with Hub(folder) as hub:
            path = f"/api/v1/series/values?match=hist/s*&since={start}&until={until}&step=auto&fn=mean"
            answer = hub.get(path)
            points = sum(len(one["points"]) for one in answer["series"])
            chart, size = ask_milliseconds(hub, path, times)
            day = f"/api/v1/series/values?match=hist/s1&since={until - 86_400}&until={until}&step=raw"
            raw, raw_size = ask_milliseconds(hub, day, times)
            raw_points = len(hub.get(day)["series"][0]["points"])
    step = answer["step_us"] / 1e6
    note = f"step {step:g} s, {points} points, {size / 1000:,.0f} KB of JSON; slowest {max(chart):.0f} ms"
    raw_note = f"{raw_points} points, {raw_size / 1000:,.0f} KB of JSON; slowest {max(raw):.0f} ms"
    return [
        Figure(f"chart, {SERIES} series × {days} days at 1 Hz", median(chart), "ms", 150, 50, "low", note, chart),
        Figure("raw, 1 series × 24 h", median(raw), "ms", 150, 50, "low", raw_note, raw),
    ]
