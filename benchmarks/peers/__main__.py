"""`python -m benchmarks.peers [--quick]`: the hub beside its peers, in one run, turn by turn; ratios of medians.

Installs InfluxDB, VictoriaMetrics and rsyslog from Debian when it may (root) and they are missing; their services
are not started. Both servers of a pair run while either is measured, so both have the same memory and disk around them.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from benchmarks import agents, report, senders
from benchmarks.agent_rows import commands as command_rows
from benchmarks.harness import Hub, Server, end_in_order, work_folder
from benchmarks.ours import arguments, parsed
from benchmarks.peers import influxdb, rsyslog, salt, victoria
from benchmarks.peers.rsyslog import Rsyslog
from benchmarks.report import Figure, Options, median
from benchmarks.rows import influx_points, text_lines

Measure = Callable[[int], float]  # the number of the round -> how many a second


def install() -> None:
    """The Debian packages, by name. Raises SystemExit with a plain sentence when that cannot be done."""
    missing = [peer.PACKAGE for peer in (influxdb, victoria, rsyslog) if not Path(peer.PROGRAM).exists()]
    if not missing:
        return
    if os.geteuid() != 0:
        raise SystemExit(f"needs {', '.join(missing)}: run as root, or `apt-get install {' '.join(missing)}` first")
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"}
    subprocess.run(["apt-get", "-q", "update"], check=True, stdout=sys.stderr)
    command = ["apt-get", "-q", "install", "-y", "--no-install-recommends", *missing]
    subprocess.run(command, check=True, env=environment, stdout=sys.stderr)


def alternate(
    servers: Mapping[str, Server], measures: Mapping[str, Measure], rounds: int
) -> dict[str, tuple[list[float], float]]:
    """Per name the rates of all rounds, taken in turn, and the CPU seconds that its server used for them."""
    rates: dict[str, list[float]] = {name: [] for name in measures}
    cpu = dict.fromkeys(measures, 0.0)
    for number in range(rounds):
        for name, measure in measures.items():
            before = servers[name].cpu_seconds()
            rates[name].append(measure(number))
            cpu[name] += servers[name].cpu_seconds() - before
            print(f"  round {number + 1}: {name} {rates[name][-1]:,.0f}/s", file=sys.stderr, flush=True)
    return {name: (rates[name], cpu[name]) for name in measures}


def influx(options: Options, fields: int) -> list[Figure]:
    job = influx_points.work(options, fields)
    with work_folder(options.folder) as folder:
        hub, old, fast = (
            Hub(folder / "hub"),
            influxdb.InfluxDB(folder / "influxdb"),
            victoria.VictoriaMetrics(folder / "vm"),
        )
        with hub, old, fast:
            servers: dict[str, Server] = {"wacket": hub, "influxdb": old, "victoriametrics": fast}
            address = {"wacket": hub.http, "influxdb": old.http, "victoriametrics": fast.http}

            def measured(name: str) -> Measure:
                return lambda number: influx_points.points_per_second(address[name], job, "/write?db=bench", number)

            for name in servers:
                warm = job._replace(requests=10)
                influx_points.points_per_second(address[name], warm, "/write?db=bench", influx_points.WARM_UP)
            results = alternate(servers, {name: measured(name) for name in servers}, options.rounds)
    total = options.rounds * influx_points.SENDERS * influx_points.POINTS * job.requests
    work = f"Influx lines, {fields} field{'s' * (fields > 1)}, 5,000 a request, 2 senders"
    bounds = {"influxdb": (2.0, None), "victoriametrics": (None, 1.0)}
    return compared(work, results, total, bounds)


def text(options: Options) -> list[Figure]:
    job = text_lines.work(options)
    with work_folder(options.folder) as folder:
        hub, plain, synced = (
            Hub(folder / "hub"),
            Rsyslog(folder / "plain"),
            Rsyslog(folder / "synced", sync=True),
        )
        with hub, plain, synced:
            servers: dict[str, Server] = {"wacket": hub, "rsyslog": plain, "rsyslog sync": synced}
            text_lines.ours(hub, text_lines.part(job, 20), 99)
            measures: dict[str, Measure] = {
                "wacket": lambda number: text_lines.ours(hub, job, number),
                "rsyslog": lambda number: written(plain, job),
                "rsyslog sync": lambda number: written(synced, job),
            }
            results = alternate(servers, measures, options.rounds)
    total = options.rounds * text_lines.SENDERS * job.lines
    bounds = {"rsyslog": (1.0, 2.0), "rsyslog sync": (None, None)}
    return compared("text lines over TCP, 2 connections", results, total, bounds)


def written(server: Rsyslog, job: text_lines.Work) -> float:
    """Lines a second until every line is in rsyslog's file."""
    seconds, _ = senders.run(text_lines.plain(server.tcp, job))
    sent = time.monotonic()
    server.wait_for_lines(text_lines.SENDERS * job.lines)
    return text_lines.SENDERS * job.lines / (seconds + time.monotonic() - sent)


def commands(options: Options) -> list[Figure]:
    """A trivial command through Salt's own client and ours, and both command lines, in turn."""
    programs = salt.environment(options.folder.parent / "salt")
    rounds = options.pick(200, 40)
    ours: dict[str, list[float]] = {"api": [], "line": []}
    theirs: dict[str, list[float]] = {"api": [], "line": []}
    with (
        work_folder(options.folder) as folder,
        Hub(folder / "hub") as hub,
        agents.agent(hub, folder / "agent"),
        salt.Salt(programs, folder / "salt") as peer,
    ):
        for _ in range(options.rounds):
            ours["api"] += command_rows.latencies(hub, rounds, argv=["/bin/true"])
            theirs["api"] += [1000 * one for one in peer.latencies(rounds // 4, "cmd.run", "/bin/true")]
            ours["line"] += command_rows.command_lines(hub, 5)
            theirs["line"] += whole(peer.cli(), 5)
    return [
        faster("trivial command, p50: salt / wacket", theirs["api"], ours["api"], "ms"),
        faster("`run NODE -- true`, whole process: salt / wacket", theirs["line"], ours["line"], "s"),
    ]


def whole(words: list[str], rounds: int) -> list[float]:
    """Seconds of a whole process, `rounds` times."""
    took = []
    for _ in range(rounds):
        began = time.perf_counter()
        subprocess.run(words, check=True, capture_output=True)
        took.append(time.perf_counter() - began)
    return took


def faster(work: str, theirs: list[float], ours: list[float], unit: str) -> Figure:
    note = (
        f"{median(theirs):.3g} {unit} and {median(ours):.3g} {unit} (medians of {len(theirs)} and {len(ours)}, in turn)"
    )
    return Figure(work, median(theirs) / median(ours), "×", 1, None, note=note)


def compared(
    work: str,
    results: Mapping[str, tuple[list[float], float]],
    total: int,
    bounds: Mapping[str, tuple[float | None, float | None]],
) -> list[Figure]:
    """One ratio for each peer, and the rate of each server beside it."""
    ours, our_cpu = results["wacket"]
    figures = []
    for name, (must, aim) in bounds.items():
        theirs, cpu = results[name]
        note = (
            f"{median(ours):,.0f}/s and {median(theirs):,.0f}/s (medians of {len(ours)}, in turn); "
            f"CPU {our_cpu * 1e6 / total:.2f} and {cpu * 1e6 / total:.2f} µs a line"
        )
        ratio = median(ours) / median(theirs)
        figures.append(Figure(f"{work}: wacket / {name}", ratio, "×", must, aim, note=note, samples=[*ours, *theirs]))
    return figures


def main() -> int:
    end_in_order()
    given = parsed(arguments(__doc__))
    install()
    options = Options(given.quick, given.folder, given.rounds, given.docs)
    facts = report.machine() | {"file_system": report.file_system(options.folder)}
    figures = [*influx(options, 1), *influx(options, 10), *text(options), *commands(options)]
    path = report.write("peers-quick" if given.quick else "peers", figures, options, facts)
    print(report.table(figures))
    print(f"kept in {path}; measured on {facts['processor']}, {facts['cores']} cores, {facts['file_system']}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
