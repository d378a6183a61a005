"""A journal that the test controls, and what it needs to feed an intake over it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from wacket.errors import Unavailable
from wacket.history.shapes import Mark, StoredReceipt
from wacket.records import Batch, Envelope

NOW = 1_700_000_000_000_000


class ControlledJournal:
    """Keeps what is appended in memory; fails while `broken` says so, every so often, and waits while held."""

    def __init__(self) -> None:
        self.batches: list[Batch] = []
        self.marks: dict[tuple[str, str], Mark] = {}
        self.receipts: dict[tuple[str, str], StoredReceipt] = {}
        self.broken = ""
        self.commits = 0
        self.fails_every = 0
        self.open = threading.Event()
        self.open.set()

    def append(
        self, batches: Sequence[Batch], marks: Sequence[Mark] = (), receipts: Sequence[StoredReceipt] = ()
    ) -> list[int]:
        self.commits += 1
        number = self.commits
        assert self.open.wait(10)
        if self.broken or (self.fails_every and number % self.fails_every == 0):
            raise Unavailable(self.broken or "the disk is full")
        for mark in marks:
            self.marks.pop((mark.source, mark.epoch), None)
            if mark.ranges:
                self.marks[mark.source, mark.epoch] = mark
        self.receipts |= {(one.source, one.key): one for one in receipts}
        self.batches += batches
        return list(range(len(batches)))

    def load_marks(self) -> list[Mark]:
        if self.broken:
            raise Unavailable(self.broken)
        return list(self.marks.values())

    def load_receipts(self) -> list[StoredReceipt]:
        if self.broken:
            raise Unavailable(self.broken)
        return list(self.receipts.values())

    def forget_receipts(self, before_us: int) -> None:
        self.receipts = {key: one for key, one in self.receipts.items() if one.at >= before_us}

    def bodies(self, source: str = "") -> list[str]:
        return [
            body
            for batch in self.batches
            if batch.logs is not None
            for body, origin in zip(batch.logs.body.to_list(), batch.logs.source.to_list(), strict=True)
            if origin == source
        ]


def text(body: bytes, **more: Any) -> Envelope:
    return Envelope(door="test", peer="here", node=1, format="text", received_at=NOW, body=body, **more)


def influx(body: bytes, **more: Any) -> Envelope:
    return replace(text(body, **more), format="influx")


def failing(_write: Any) -> None:
    raise Unavailable("the disk of the ledger is full")


async def until(happened: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not happened():  # noqa: ASYNC110 - other threads make it happen
            await asyncio.sleep(0)
