"""Takes envelopes, gives receipts. A receipt means: every accepted frame is on disk, once.

Envelopes gather while the store is busy, are decoded together on one thread and committed together on another, in
order; only then are they acknowledged, and only then told to the bus. Nothing is retried here: an envelope that could
not be stored is answered with the error, and the sender still has it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from time import perf_counter

from wacket.bus.memory import Bus, Told
from wacket.errors import BadRequest, KeyReused, Unavailable, WacketError
from wacket.intake.catalogue import Catalogue
from wacket.intake.decoding import Group, decode
from wacket.intake.known import Claim, Known
from wacket.intake.limits import TokenBucket
from wacket.intake.strangers import Strangers
from wacket.intake.waiting import Parcel, Settle, Waiting
from wacket.records import Batch, Envelope, Receipt, Statistics
from wacket.seams import Journal
from wacket.settings import Intake as Limits

COUNTED = ("envelopes", "frames", "stored", "rejected", "duplicates", "groups", "failed", "over_quota", "forgone")
MOST_LINES = (
    1 << 20
)  # of one envelope: a line costs a CSV half a kilobyte, and the decoding thread 5 µs if it is refused
COMPANY_BYTES = 64 * 1024  # with this much waiting, the fixed price of a call is small already
IN_FLIGHT = 2  # groups between decoding and disk: one is decoded while the one before is committed


@dataclass(slots=True)
class Work:
    """A group on its way to the disk."""

    parcels: list[Parcel]
    group: Group
    batches: list[Batch]
    claims: dict[int, Claim]  # by parcel, of those that are numbered
    repeated: set[int]  # parcels whose key was known
    refused: dict[int, WacketError]  # parcels that could not be taken
    generation: int


class Intake:
    """`run` must be going for anything to be stored."""

    def __init__(
        self, journal: Journal, catalogue: Catalogue, bus: Bus, limits: Limits, clock: Callable[[], int]
    ) -> None:
        self._journal, self._catalogue, self._bus = journal, catalogue, bus
        self._limits, self._clock = limits, clock
        self.waiting = Waiting(limits.waiting_bytes, limits.waiting_bytes_per_node)
        self.strangers = Strangers()
        self._known = Known(journal.load_marks(), journal.load_receipts(), catalogue.aliases)
        self._decoder = ThreadPoolExecutor(1, thread_name_prefix="decode")
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="journal")
        self._to_commit: asyncio.Queue[Work] = asyncio.Queue(IN_FLIGHT)
        self._quotas: dict[int, TokenBucket] = {}
        self._busy = 0
        self._ended = False
        self._progress = asyncio.Event()
        self._counts = dict.fromkeys(COUNTED, 0)
        self._commit_seconds = 0.0
        self._last_error = ""

    def submit(self, envelope: Envelope, settle: Settle | None) -> None:
        """Take an envelope; `settle` is called on the loop with its Receipt or the error.

        Raises Unavailable if the hub is full or the node speaks faster than it may, BadRequest if this is too much at
        once; then nothing was taken.
        """
        if len(envelope.body) > MOST_LINES and envelope.body.count(b"\n") > MOST_LINES:
            raise BadRequest(f"more than {MOST_LINES:,} lines at once; send them in pieces")
        if self._limits.lines_per_second:
            self._keep_to_quota(envelope)
        self.waiting.put(Parcel(envelope, settle))

    def _keep_to_quota(self, envelope: Envelope) -> None:
        now, rate = self._clock(), self._limits.lines_per_second
        bucket = self._quotas.setdefault(envelope.node, TokenBucket(rate, max(rate, 1.0), now))
        wait = bucket.take(max(1, envelope.body.count(b"\n")), now)
        if wait:
            self._counts["over_quota"] += 1
            raise Unavailable(f"more than the {rate:g} lines a second that a node may send here", retry_after=wait)

    async def accept(self, envelope: Envelope) -> Receipt:
        """The receipt, when everything that it counts is on disk. Raises what `submit` does; then nothing was kept."""
        answer: asyncio.Future[Receipt] = asyncio.get_running_loop().create_future()

        def settle(result: Receipt | Exception) -> None:
            if answer.cancelled():
                return
            if isinstance(result, Exception):
                answer.set_exception(result)
            else:
                answer.set_result(result)

        self.submit(envelope, settle)
        return await answer

    async def forgo(self, node: int, epoch: str, first: int, last: int) -> None:
        """From now on these numbers count as known: their sender says that they will never come. On disk on return.

        Raises what `submit` does, and BadRequest where the sequence has too many holes.
        """
        now = self._clock()
        never = Envelope("", "", node, "text", now, b"", epoch=epoch, sequence=first, never=last)
        await self.accept(never)
        self._counts["forgone"] += last + 1 - first

    def have(self, node: int, epoch: str, first: int = 0) -> int:
        """The number up to which the frames of this node's epoch from `first` on are known; `first` - 1 for none."""
        return self._known.have(node, epoch, first)

    async def run(self) -> None:
        """Decode and commit until cancelled: call `drain` before, or what is waiting is lost to its sender's retry."""
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._decode_for_ever(), name="decode")
                tasks.create_task(self._commit_for_ever(), name="commit")
        finally:
            self._ended = True
            self._progress.set()

    async def drain(self) -> None:
        """Return when nothing is waiting or under way, or when it never will be because `run` has ended."""
        while self.waiting.statistics()["waiting_nodes"] and not self._ended:
            self.waiting.hurry.set()
            self._progress.clear()
            self.waiting.when_room(self._progress.set)
            await self._progress.wait()

    async def forget_before(self, moment: int) -> None:
        """Let go of the keys whose receipts are older, and of the oldest beyond what is kept.

        A request that comes again after that is stored again.
        """
        moment = max(moment, self._known.surplus_before(self._limits.idempotency_keys))
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(self._writer, self._journal.forget_receipts, moment)
        self._known.forget_before(moment)

    def close(self) -> None:
        self._decoder.shutdown()
        self._writer.shutdown()

    def statistics(self) -> Statistics:
        return {
            **self._counts,
            **self.waiting.statistics(),
            "commit_seconds": round(self._commit_seconds, 6),
            "last_error": self._last_error,
        }

    async def _decode_for_ever(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            await self.waiting.arrived.wait()
            await self._gather()
            parcels = self.waiting.take()
            try:
                work = await loop.run_in_executor(self._decoder, self._decode, parcels)
            except WacketError as error:
                await self._to_commit.join()  # nothing may be under way while claims are taken back
                await self._roll_back(parcels, error)
                continue
            await self._to_commit.put(work)

    async def _gather(self) -> None:
        """A call has a fixed price, so wait a little for company: briefly when somebody waits for an answer."""
        gentle, watched = self._limits.gentle_window_ms, self._limits.watched_window_ms
        await self.waiting.until_hurry((min(gentle, watched) if self._bus.is_watched("batches") else gentle) / 1000)
        if self._busy == 0 and self.waiting.queued < COMPANY_BYTES and self._limits.window_ms:
            await asyncio.sleep(self._limits.window_ms / 1000)

    async def _commit_for_ever(self) -> None:
        while True:
            work = await self._to_commit.get()
            if work.generation == self._known.generation:
                await self._store(work)
            else:  # decoded on top of claims that were taken back since
                self._fail(work.parcels, Unavailable("what came just before this could not be stored; send it again"))
            self._to_commit.task_done()

    async def _store(self, work: Work) -> None:
        """Commit a group and tell of it, or take it back."""
        self._busy += 1
        began = perf_counter()
        try:
            ids, receipts = await asyncio.get_running_loop().run_in_executor(self._writer, self._commit, work)
        except WacketError as error:
            await self._roll_back(work.parcels, error)
            return
        finally:
            self._busy -= 1
        self._commit_seconds += perf_counter() - began
        self._last_error = ""
        self._tell(work, ids, receipts)

    def _decode(self, parcels: list[Parcel]) -> Work:
        generation = self._known.generation
        work = Work(parcels, Group([], []), [], {}, set(), {}, generation)
        envelopes = [self._claimed(work, place) for place in range(len(parcels))]
        work.group = decode(envelopes, self._catalogue)
        work.batches = work.group.batches()
        return work

    def _claimed(self, work: Work, place: int) -> Envelope:
        """The envelope without what is known already."""
        envelope = work.parcels[place].envelope
        if envelope.key is not None:
            return envelope if self._is_first(work, place) else replace(envelope, body=b"")
        if envelope.epoch is None or envelope.sequence is None:
            return envelope
        try:
            claim = self._known.claim(envelope)
        except BadRequest as error:
            work.refused[place] = error
            return replace(envelope, body=b"")
        work.claims[place] = claim
        return replace(envelope, body=claim.body)

    def _is_first(self, work: Work, place: int) -> bool:
        """Whether nothing came before with the key of this parcel."""
        try:
            if self._known.claim_key(work.parcels[place].envelope):
                return True
        except KeyReused as error:
            work.refused[place] = error
        work.repeated.add(place)
        return False

    def _commit(self, work: Work) -> tuple[list[int], list[Receipt]]:
        now = self._clock()
        receipts = [self._receipt(work, place) for place in range(len(work.parcels))]
        keyed = [
            self._known.stored_receipt(parcel.envelope, receipts[place], now)
            for place, parcel in enumerate(work.parcels)
            if parcel.envelope.key is not None and place not in work.repeated
        ]
        grown = {claim.mark[:2]: claim.mark for claim in work.claims.values() if claim.numbers}
        marks = [*grown.values(), *self._known.outdated(grown.values())]
        ids: list[int] = []
        if work.batches or keyed or marks:
            ids = self._journal.append(work.batches, marks, keyed)
            self._known.confirm(marks, keyed)
        for place in work.repeated - work.refused.keys():  # the first with their key may be of this very group
            first = self._known.receipt(work.parcels[place].envelope) or Receipt(0, 0)
            receipts[place] = first._replace(duplicates=first.stored)
        return ids, receipts

    def _receipt(self, work: Work, place: int) -> Receipt:
        refused, rejects = work.group.refused[place], tuple(work.group.rejects.get(place, ()))
        claim = work.claims.get(place)
        if claim is None:
            return Receipt(work.group.frames[place] - refused, refused, rejects)
        if work.parcels[place].envelope.never is not None:
            return Receipt(0, 0, sequence=claim.last)
        first_number = work.parcels[place].envelope.sequence or 0
        total = claim.last + 1 - first_number
        rejects = tuple(reject._replace(offset=claim.numbers[reject.offset]) for reject in rejects)
        return Receipt(total - refused, refused, rejects, total - len(claim.numbers), claim.last)

    def _tell(self, work: Work, ids: list[int], receipts: list[Receipt]) -> None:
        self._counts["groups"] += 1
        self._counts["envelopes"] += len(work.parcels)
        self.waiting.release(work.parcels)
        for batch, first in zip(work.batches, ids, strict=True):
            self._bus.publish_nowait("batches", Told(batch, first))
        for place, (parcel, receipt) in enumerate(zip(work.parcels, receipts, strict=True)):
            self._counts["frames"] += receipt.stored + receipt.rejected
            self._counts["stored"] += receipt.stored - receipt.duplicates
            self._counts["rejected"] += receipt.rejected
            self._counts["duplicates"] += receipt.duplicates
            if not parcel.envelope.adopted:
                self.strangers.heard(parcel.envelope, receipt)
            if parcel.settle is not None:
                parcel.settle(work.refused.get(place, receipt))

    async def _roll_back(self, parcels: list[Parcel], error: WacketError) -> None:
        """Take back every claim that is not on disk. Groups decoded meanwhile stood on those, and fail in turn."""
        await asyncio.get_running_loop().run_in_executor(self._decoder, self._known.take_back)
        self._fail(parcels, error)

    def _fail(self, parcels: list[Parcel], error: WacketError) -> None:
        self._counts["failed"] += len(parcels)
        self._last_error = str(error)
        self.waiting.release(parcels)
        told = error if isinstance(error, Unavailable) else Unavailable(str(error))
        for parcel in parcels:
            if parcel.settle is not None:
                parcel.settle(told)
