"""How fast each format decodes, alone, on one core: the pure part, without socket, journal or event loop."""

from __future__ import annotations

import time
from collections.abc import Callable

from benchmarks import payloads
from benchmarks.report import Figure, Options, median
from wacket import formats
from wacket.records import Envelope

T0 = 1_790_000_000


def _ndjson(rows: int) -> bytes:
    values = payloads.walk(rows, 1)
    return b"".join(
        b'{"name":"temp","value":%.2f,"at":%d.%03d,"labels":{"room":"lab2"}}\n' % (value, T0 + i, i % 1000)
        for i, value in enumerate(values.tolist())
    )


def _plotter(rows: int) -> bytes:
    return b"".join(b"temp:%.2f hum:%.2f\n" % (v, v + 20) for v in payloads.walk(rows, 2).tolist())


def _csv(rows: int) -> bytes:
    values = payloads.walk(rows, 3).tolist()
    return b"time,temp,hum\n" + b"".join(b"%d,%.2f,%.2f\n" % (T0 + i, v, v + 20) for i, v in enumerate(values))


def _influx(rows: int) -> bytes:
    templates = payloads.influx_templates(0, 1, 5000, 20)
    pieces = [templates[i % 20].replace(b"@", b"%d" % (T0 // 10 + i)) for i in range(max(1, rows // 5000))]
    return b"".join(pieces)


def _text(rows: int) -> bytes:
    return b"\n".join(payloads.log_lines(rows, 4)) + b"\n"


def _energy(rows: int) -> bytes:
    return b"\n".join(payloads.energy_event(i) for i in range(rows // 20)) + b"\n"


MAKERS: dict[str, Callable[[int], bytes]] = {
    "influx": _influx,
    "ndjson": _ndjson,
    "text": _text,
    "plotter": _plotter,
    "csv": _csv,
    "auto": _plotter,
    "energy": _energy,
}


def rate(name: str, body: bytes, rounds: int) -> tuple[float, list[float]]:
    """Frames a second, median of `rounds`."""
    module = formats.find(name)
    envelope = Envelope("bench", "127.0.0.1", 2, name, T0 * 1_000_000, body)
    rates = []
    for _ in range(rounds):
        began = time.perf_counter()
        decoded = module.decode([envelope])
        rates.append(decoded.frames[0] / (time.perf_counter() - began))
        if decoded.rejects:
            raise RuntimeError(f"{name} refused {len(decoded.rejects)}: {decoded.rejects[0]}")
    return median(rates), rates


def measure(options: Options) -> list[Figure]:
    figures = []
    for name, maker in MAKERS.items():
        body = maker(options.pick(200_000, 50_000))
        value, rates = rate(name, body, options.rounds)
        lines = body.count(b"\n")
        small = maker(5000)
        gathered, _ = rate(name, small, 9)
        note = f"{lines} frames a call, {len(body) // lines} bytes each; {small.count(10)} a call: {gathered:,.0f}/s"
        figures.append(Figure(f"decode {name}", value, "frames/s", note=note, samples=rates))
    return figures
