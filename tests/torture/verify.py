"""Compares what a hub shows with what senders remember. Asks only over the API, as any user would."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Sequence

import duckdb
from benchmarks.harness import Hub
from tests.torture.remembering import ClassSender, Sender, StoreSender

EVENT = re.compile(r"Evt=(\d+)")


def stored_numbers(hub: Hub, node: str, name: str = "n") -> Counter[int]:
    """How often each number of the node's series is in the hub."""
    raw = hub.ask_raw("GET", f"/api/v1/export/readings?match={node}/{name}&format=parquet")
    path = hub.folder.parent / "verify.parquet"
    path.write_bytes(raw)
    query = "select value::bigint as number, count(*) as times from read_parquet(?) group by all"
    found = duckdb.execute(query, [str(path)]).fetchnumpy()
    return Counter(dict(zip(found["number"].tolist(), found["times"].tolist(), strict=True)))


def stored_events(hub: Hub) -> Counter[int]:
    """How often each energy event is in the hub's logs."""
    raw = hub.ask_raw("GET", "/api/v1/export/logs?source=energy&format=ndjson")
    found = (EVENT.search(json.loads(line)["body"]) for line in raw.splitlines())
    return Counter(int(match[1]) for match in found if match)


def wrong_numbers(counts: Counter[int], acknowledged: int) -> list[str]:
    """What is missing of the numbers below `acknowledged`, and what is there more than once."""
    missing = [number for number in range(acknowledged) if not counts[number]]
    return _sentences(missing, [number for number, times in counts.items() if times > 1])


def wrong_events(counts: Counter[int], senders: Sequence[StoreSender]) -> list[str]:
    """The same for events; one whose answer was cut off may be there or not, but never twice."""
    answered = set().union(*(sender.answered for sender in senders))
    sent = answered.union(*(sender.unsure for sender in senders))
    strange = [number for number in counts if number not in sent]
    doubled = [number for number, times in counts.items() if times > 1]
    missing = sorted(number for number in answered if not counts[number])
    return _sentences(missing, doubled) + ([f"never sent: {strange[:10]}"] if strange else [])


def wrong_steps(hub: Hub, sender: ClassSender) -> list[str]:
    """What is wrong with the history of a class user: each step once, in order, and none missing that was answered."""
    found: list[tuple[str, str]] = []
    before = ""
    while page := hub.get(f"/api/v1/class/{sender.name}/history?limit=1000{before}")["transitions"]:
        found += [(move["command"], move["value"]) for move in page]
        before = f"&before={page[-1]['id']}"
    found.reverse()
    steps = map(sender.step, range(max(len(found), sender.acknowledged)))
    expected = [(command, "".join(carried.values())) for command, carried in steps]
    if found != expected:
        first = next((n for n, pair in enumerate(zip(found, expected, strict=False)) if pair[0] != pair[1]), len(found))
        return [f"of {sender.acknowledged} answered steps {len(found)} are kept, and step {first} is not what was done"]
    too_many = len(found) - sender.acknowledged
    return [f"{too_many} steps more are kept than were answered"] if too_many > 1 else []


def wrong(hub: Hub, senders: Sequence[Sender]) -> list[str]:
    """Everything that is wrong, in words; empty when the hub kept its promises."""
    found = [f"{sender.name}: {text}" for sender in senders for text in sender.trouble]
    for sender in senders:
        if isinstance(sender, ClassSender):
            found += [f"{sender.name}: {text}" for text in wrong_steps(hub, sender)]
        elif not isinstance(sender, StoreSender):
            texts = wrong_numbers(stored_numbers(hub, sender.name), sender.acknowledged)
            found += [f"{sender.name} ({sender.acknowledged} acknowledged): {text}" for text in texts]
    stores = [sender for sender in senders if isinstance(sender, StoreSender)]
    if stores:
        found += [f"/log/store: {text}" for text in wrong_events(stored_events(hub), stores)]
    return found


def _sentences(missing: Sequence[int], doubled: Sequence[int]) -> list[str]:
    found = []
    if missing:
        found.append(f"{len(missing)} acknowledged are missing: {missing[:10]}")
    if doubled:
        found.append(f"{len(doubled)} are there more than once: {doubled[:10]}")
    return found
