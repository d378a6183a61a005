"""Text log lines over TCP, 2 senders with one connection each; done when stored, acknowledged and searchable.

`work` and `Work.senders` serve the peer too.
"""

from __future__ import annotations

import time
from typing import NamedTuple

from benchmarks import payloads, senders
from benchmarks.harness import Address, Hub, wait_until, work_folder
from benchmarks.report import Figure, Options, median

SENDERS = 2


class Work(NamedTuple):
    """The pieces that each sender streams, and how many lines they are."""

    pieces: list[list[bytes]]
    lines: int  # of each sender
    size: int  # bytes of all


def work(options: Options) -> Work:
    rows = options.pick(1_000_000, 150_000)
    pieces = [payloads.chunks(payloads.log_lines(rows, sender)) for sender in range(SENDERS)]
    return Work(pieces, rows, sum(len(piece) for one in pieces for piece in one))


def part(job: Work, pieces: int) -> Work:
    """The first pieces only, to warm up."""
    first = [one[:pieces] for one in job.pieces]
    lines = min(sum(piece.count(b"\n") for piece in one) for one in first)
    return Work(first, lines, 0)


def marker(sender: int, number: int) -> bytes:
    """A last line that can be searched for."""
    return b"bench: the last line of sender%d round%d\n" % (sender, number)


def ours(hub: Hub, job: Work, number: int) -> float:
    """Lines a second until all are acknowledged and the last of each sender is found by a search."""
    hello = [b"hello node=text-%d ack=yes format=text\n" % sender for sender in range(SENDERS)]
    jobs = [
        senders.streamer(hub.tcp, [*pieces, marker(i, number)], hello[i], job.lines + 1)
        for i, pieces in enumerate(job.pieces)
    ]
    seconds, _ = senders.run(jobs)
    asked = time.monotonic()
    for sender in range(SENDERS):
        path = f"/api/v1/logs?find=sender{sender}%20round{number}&node=text-{sender}&limit=1"
        wait_until(lambda path=path: bool(hub.get(path)["logs"]), "the last line is searchable")  # type: ignore[misc]
    return SENDERS * (job.lines + 1) / (seconds + time.monotonic() - asked)


def plain(address: Address, job: Work) -> list[senders.Job]:
    """The same streams for a server that answers nothing."""
    return [senders.streamer(address, pieces) for pieces in job.pieces]


def measure(options: Options) -> list[Figure]:
    job = work(options)
    with work_folder(options.folder) as folder, Hub(folder) as hub:
        ours(hub, part(job, 20), 99)
        cpu = hub.cpu_seconds()
        rates = [ours(hub, job, number) for number in range(options.rounds)]
        cpu = (hub.cpu_seconds() - cpu) * 1e6 / (options.rounds * SENDERS * job.lines)
    note = f"{job.size // (SENDERS * job.lines)} bytes a line, {SENDERS} connections, ack=yes; {cpu:.2f} µs CPU a line"
    return [
        Figure(
            "text lines over TCP, stored, searchable, durable",
            median(rates),
            "lines/s",
            note=note,
            samples=rates,
        )
    ]
