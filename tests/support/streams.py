"""The far end of an agent's streams, in memory: a link, and a hub that keeps what it acknowledges. Knows no sockets."""

from __future__ import annotations

from wacket_agent.journal.reports import LONGEST_REPORT
from wacket_agent.journal.store import Store
from wacket_agent.journal.streams import Streams

NOW = 1_800_000_000_000_000


def numbers(start, end):
    """A line for each number."""
    return b"".join(b"%d\n" % number for number in range(start, end))


class Hub:
    """A link and the hub at its other end: what it has on disk, and what came but is not on disk yet."""

    def __init__(self):
        self.connected = False
        self.handlers, self.on_welcome, self.on_closed = {}, [], []
        self.kept = {}  # epoch -> {line number: line, or the reason why it never comes}
        self.arrived = []
        self.announced = []
        self.said = []
        self.pending = 0

    def send(self, message):
        if not self.connected:
            return
        self.said.append(message)
        if message["t"] == "streams":
            self.announced.append(message["streams"])
        else:
            self.arrived.append((message, b""))

    def send_bytes(self, head, payload):
        if self.connected:
            assert len(payload) <= LONGEST_REPORT
            assert payload.endswith(b"\n")
            self.said.append(head)
            self.arrived.append((head, payload))

    def pending_bytes(self):
        return self.pending

    def time(self):
        return NOW

    def welcome(self):
        self.connected = True
        for call in self.on_welcome:
            call()
        self.answer()

    def answer(self):
        """Say for each stream what is on disk here."""
        for about in self.announced.pop().values():
            lines = self.kept.setdefault(about["epoch"], dict.fromkeys(range(about["first"]), "lost"))
            self.ack(about["epoch"], max(lines, default=-1))

    def ack(self, epoch, seq):
        self.handlers["ack"]({"t": "ack", "epoch": epoch, "seq": seq}, b"")

    def close(self):
        self.connected = False
        self.arrived.clear()
        for call in self.on_closed:
            call()

    def commit(self, most=1 << 30):
        """Put some of what arrived on disk, in order, and say so. False if there was nothing."""
        taken, self.arrived = self.arrived[:most], self.arrived[most:]
        reached = {}
        for head, payload in taken:
            lines = payload.split(b"\n")[:-1] if payload else [head["why"]] * (head["to"] - head["seq"] + 1)
            kept = self.kept[head["epoch"]]
            assert head["seq"] <= max(kept, default=-1) + 1, "a hole"
            for number, line in enumerate(lines, head["seq"]):
                kept.setdefault(number, line)
            reached[head["epoch"]] = max(kept)
        for epoch, seq in reached.items():
            self.ack(epoch, seq)
        return bool(taken)

    def lines(self, epoch):
        kept = self.kept.get(epoch, {})
        assert list(kept) == list(range(len(kept)))
        return list(kept.values())


class Stage:
    """A journal, its streams and a hub, with time in the test's hands."""

    def __init__(self, folder, **options):
        self.folder, self.options, self.hub, self.now = folder, options, Hub(), 1000.0
        self.start()

    def start(self):
        self.store = Store.open(self.folder)
        hub = self.hub
        hub.handlers, hub.on_welcome, hub.on_closed = {}, [], []
        self.streams = Streams(self.store, hub, lambda: NOW, **self.options)

    async def tick(self, seconds=1.0):
        self.now += seconds
        await self.streams._tend(self.now)

    async def deliver(self):
        """Until the hub has all."""
        for _ in range(1000):
            await self.tick()
            if not self.hub.commit() and not self.store.waits():
                return
        raise AssertionError("no end")

    def epoch(self, stream="logs"):
        return self.store.stream(stream).epoch
