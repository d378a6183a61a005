"""One energy event a request on kept-alive connections to /log/store, each answered when it is on disk.

The service that this replaces stored 110 events/s.
"""

from __future__ import annotations

from benchmarks import payloads, senders
from benchmarks.harness import Hub, work_folder
from benchmarks.report import Figure, Options, median

SENDERS = 2
CONNECTIONS = 32  # of each sender


def rate(hub: Hub, events: int, start: int, connections: int = CONNECTIONS) -> float:
    """Events a second with `connections` requests of each sender under way at once."""
    jobs = []
    for sender in range(SENDERS):
        numbers = range(start + sender * events, start + (sender + 1) * events)
        requests = [senders.request("/log/store", payloads.energy_event(number)) for number in numbers]
        jobs.append(senders.posters(hub.http, requests, connections))
    seconds, _ = senders.run(jobs)
    return SENDERS * events / seconds


def measure(options: Options) -> list[Figure]:
    events = options.pick(10_000, 1500)
    with work_folder(options.folder) as folder, Hub(folder) as hub:
        rate(hub, 300, 0)
        cpu = hub.cpu_seconds()
        rates = [rate(hub, events, (i + 1) * 1_000_000) for i in range(options.rounds)]
        cpu = (hub.cpu_seconds() - cpu) * 1e6 / (options.rounds * SENDERS * events)
        alone = median([rate(hub, events // 10, (i + 50) * 1_000_000, 1) for i in range(options.rounds)])
    note = (
        f"{SENDERS} senders with {CONNECTIONS} connections each; {cpu:.0f} µs CPU an event, clusters computed "
        f"meanwhile included; with 1 connection each {alone:,.0f}/s"
    )
    return [
        Figure(
            "one event a request to /log/store",
            median(rates),
            "events/s",
            2000,
            5000,
            note=note,
            samples=rates,
        )
    ]
