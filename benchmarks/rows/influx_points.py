"""Influx line protocol over HTTP: 5,000 points a request, 2 senders, each on one kept-alive connection.

`work` and `points_per_second` serve the peers too, so that all get the same bytes from the same senders.
"""

from __future__ import annotations

import time
from typing import NamedTuple

from benchmarks import payloads, senders
from benchmarks.harness import Address, Hub, work_folder
from benchmarks.report import Figure, Options, median

SENDERS = 2
POINTS = 5000
WARM_UP = 4000  # a round so long ago that no measured one touches its hours


class Work(NamedTuple):
    """What each sender sends: templates, how many requests, and values in a line."""

    templates: list[list[bytes]]
    requests: int
    fields: int


def work(options: Options, fields: int) -> Work:
    requests = options.pick(400, 60) // (1 if fields == 1 else 4)
    return Work([payloads.influx_templates(sender, fields, POINTS) for sender in range(SENDERS)], requests, fields)


def points_per_second(address: Address, job: Work, path: str, round_number: int = 0) -> float:
    """Lines a second, from the common start to the last answer. Each round has hours of its own."""
    # Peers drop what lies in the future or before their retention: stay within the last days.
    first = int(time.time()) // 86400 * 86400 - (round_number + 1) * (job.requests + 1) * 10
    jobs = [
        senders.poster(address, payloads.stamped(templates, job.requests, first, path)) for templates in job.templates
    ]
    seconds, _ = senders.run(jobs)
    return SENDERS * POINTS * job.requests / seconds


def measure(options: Options) -> list[Figure]:
    figures = []
    for fields in (1, 10):
        job = work(options, fields)
        with work_folder(options.folder) as folder, Hub(folder) as hub:
            points_per_second(hub.http, job._replace(requests=10), "/write?db=bench", WARM_UP)
            cpu = hub.cpu_seconds()
            rates = [points_per_second(hub.http, job, "/write?db=bench", i) for i in range(options.rounds)]
            cpu = (hub.cpu_seconds() - cpu) * 1e6 / (options.rounds * SENDERS * POINTS * job.requests)
        lines = "lines" if fields > 1 else "points"
        figures.append(
            Figure(
                f"Influx line protocol, {fields} field{'s' * (fields > 1)} a line",
                median(rates),
                f"{lines}/s",
                note=f"{POINTS} lines a request, {SENDERS} senders; {cpu:.2f} µs CPU a line",
                samples=rates,
            )
        )
    return figures
