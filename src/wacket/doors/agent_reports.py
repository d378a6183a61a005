"""What agents report goes to the intake, and the hub's word that it is on disk goes back. Keeps nothing itself."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial

from wacket.doors.agent_link import AgentLink
from wacket.errors import BadRequest, Unavailable
from wacket.fleet.completeness import STREAMS, Absence, Completeness
from wacket.fleet.messages import Malformed, Refused, Report, Said, Skip, Stream, Streams
from wacket.intake.intake import Intake
from wacket.records import Envelope, Receipt, Statistics, arrival

NAMES = {form: name for name, form in STREAMS.items()}


class Reports:
    """For the links of a door, on the event loop. `run` must be going for a skip to be answered."""

    def __init__(self, intake: Intake, completeness: Completeness, clock: Callable[[], int]) -> None:
        self._intake, self._completeness, self._clock = intake, completeness, clock
        self._skips: list[tuple[AgentLink, Skip]] = []
        self._skipped = asyncio.Event()
        self._counts = dict.fromkeys(("reports", "bytes", "acknowledged", "waits", "skips"), 0)

    def take(self, link: AgentLink, said: Said) -> None:
        """Raises Malformed."""
        report = said.members(Report)
        if report.format not in NAMES or not said.payload.endswith(b"\n"):
            raise Malformed("a report is whole lines of influx or ndjson, each ended by LF")
        self._counts["reports"] += 1
        self._counts["bytes"] += len(said.payload)
        envelope = Envelope(
            door="agents",
            peer=link.peer,
            node=link.node,
            format=report.format,
            received_at=arrival(self._clock()),
            body=said.payload,
            epoch=report.epoch,
            sequence=report.seq,
            urgent=False,
        )
        try:
            self._intake.submit(envelope, lambda result: self._settled(link, report, result))
        except Unavailable as error:
            self._hold(link, report.epoch, error)

    def skip(self, link: AgentLink, said: Said) -> None:
        """Raises Malformed."""
        skip = said.members(Skip)
        if skip.to < skip.seq:
            raise Malformed("skip: `to` is before `seq`")
        self._counts["skips"] += 1
        have, name = self._intake.have(link.node, skip.epoch), self._completeness.stream_of(link.node, skip.epoch)
        if skip.to <= have:  # said before
            return self._acknowledge(link, name, skip.epoch)
        self._completeness.skipped(link.node, name, skip, have)
        self._skips.append((link, skip))
        self._skipped.set()
        return None

    async def run(self) -> None:
        """Make known what never comes, until cancelled. A long absence leaves thousands: many share a write."""
        while True:
            await self._skipped.wait()
            self._skipped.clear()
            skips, self._skips = self._skips, []
            try:
                await self._completeness.flush()  # first, or nobody would ever tell of it, after a crash in between
            except Unavailable as error:
                for link, skip in skips:
                    self._hold(link, skip.epoch, error)
            else:
                await asyncio.gather(*(self._forgo(link, skip) for link, skip in skips))

    async def _forgo(self, link: AgentLink, skip: Skip) -> None:
        try:
            await self._intake.forgo(link.node, skip.epoch, skip.seq, skip.to)
        except Unavailable as error:
            self._hold(link, skip.epoch, error)
        except BadRequest as error:
            link.refuse(Refused("malformed", str(error), 60))
        else:
            self._acknowledge(link, self._completeness.stream_of(link.node, skip.epoch), skip.epoch)

    async def streams(self, link: AgentLink, said: Said, absence: Absence) -> None:
        """What an agent keeps, after it was let in. Raises Malformed."""
        for name, stream in said.members(Streams).streams.items():
            if name not in STREAMS:
                continue
            if stream.last < stream.first - 1:
                raise Malformed("streams: `last` is at least `first` - 1")
            have = partial(self._intake.have, link.node)
            self._completeness.announced(link.node, name, stream, have, absence)
            try:
                await self._completeness.flush()  # or nobody would ever tell of it, after a crash in between
                await self._forgo_before(link.node, stream)
            except Unavailable as error:
                self._hold(link, stream.epoch, error)
            except BadRequest as error:
                raise Malformed(str(error)) from error
            else:
                self._acknowledge(link, name, stream.epoch)

    async def _forgo_before(self, node: int, stream: Stream) -> None:
        """What the agent does not keep any more, and the hub does not have, must not be waited for."""
        have = self._intake.have(node, stream.epoch)
        if have + 1 < stream.first:
            await self._intake.forgo(node, stream.epoch, have + 1, stream.first - 1)

    def statistics(self) -> Statistics:
        return dict(self._counts)

    def _settled(self, link: AgentLink, report: Report, result: Receipt | Exception) -> None:
        if isinstance(result, Unavailable):
            self._hold(link, report.epoch, result)
        elif isinstance(result, Exception):
            link.refuse(Refused("malformed", str(result), 60))
        else:
            self._acknowledge(link, NAMES[report.format], report.epoch)

    def _acknowledge(self, link: AgentLink, name: str, epoch: str) -> None:
        have = self._intake.have(link.node, epoch)
        self._counts["acknowledged"] += 1
        link.send({"t": "ack", "epoch": epoch, "seq": have})
        self._completeness.acknowledged(link.node, name, epoch, have)

    def _hold(self, link: AgentLink, epoch: str, why: Unavailable) -> None:
        self._counts["waits"] += 1
        link.send({"t": "wait", "epoch": epoch, "retry": max(1, round(why.retry_after))})
