"""Why a node is not there: what is known of it, put in order, and one sentence with the next step.

Pure. What has to be asked of the network is asked by reach.py; nothing here can know what a firewall between does.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from wacket.fleet.problems import DRIFTED, NEVER_HEARD
from wacket.fleet.pulse import SECOND

LOCAL = ("127.", "[::1]", "localhost")


class Answer(NamedTuple):
    """What the network said. `ok` is None where it could not be asked."""

    ok: bool | None
    text: str
    addresses: tuple[str, ...] = ()


class Facts(NamedTuple):
    """Of one node. Times are µs; `seen` is 0 where it was never heard. `name_found` is None where it tells no name.

    `clock` is how many seconds the hub's clock is ahead, where that was measured; `agent` its agent's version, "" where
    it has none; `copy` the host name of another machine that shows its key.
    """

    name: str
    state: str
    presence: str
    why: str
    now: int
    seen: int
    peer: str
    doors: Mapping[str, str]
    hub: str
    agent: str
    name_found: Answer | None
    ping: Answer
    clock: float | None
    copy: str | None


class Check(NamedTuple):
    """`ok` is None for what is neither right nor wrong, or could not be found out."""

    name: str
    ok: bool | None
    text: str


def checks(facts: Facts) -> list[Check]:
    """In the order in which a person would look; what does not apply is left out."""
    return [check for make in _CHECKS if (check := make(facts)) is not None]


def verdict(facts: Facts) -> str:
    """One sentence with the next step."""
    return next(text for make in _VERDICTS if (text := make(facts)))


def _let_in(facts: Facts) -> Check:
    if facts.state == "pending":
        return Check("let in", False, facts.why or "nobody has let it in yet")
    if facts.state == "retired":
        return Check("let in", False, "it was retired: nothing is taken of it")
    return Check("let in", True, "it belongs to this hub")


def _copied(facts: Facts) -> Check | None:
    if facts.copy is None:
        return None
    return Check("copy", False, f"another machine ({facts.copy!r}) shows its key: was its card copied?")


def _heard(facts: Facts) -> Check:
    if not facts.seen:
        return Check("heard", False, NEVER_HEARD)
    if facts.presence == "up":
        return Check("heard", True, "it is here")
    return Check("heard", False, f"last heard {ago(facts.now - facts.seen)} ago")


def _left(facts: Facts) -> Check | None:
    if facts.presence == "off":
        return Check("farewell", None, f"it said goodbye: {facts.why or 'no reason given'}")
    if facts.presence == "down" and facts.agent:
        return Check("farewell", False, "it left without a word: its power, the network or a crash")
    return None


def _address(facts: Facts) -> Check:
    return Check("address", None, f"it spoke from {facts.peer}" if facts.peer else "it has spoken from nowhere yet")


def _name(facts: Facts) -> Check | None:
    found = facts.name_found
    if found is None:
        return None
    moved = found.ok and facts.peer and facts.peer not in found.addresses
    text = f"{found.text}, and it spoke from {facts.peer}" if moved else found.text
    return Check("name", None if moved else found.ok, text)


def _ping(facts: Facts) -> Check:
    return Check("ping", facts.ping.ok, facts.ping.text)


def _doors(facts: Facts) -> Check:
    where = ", ".join(f"{door} {address}" for door, address in facts.doors.items())
    if _is_shut_in(facts):
        return Check("port", False, f"the hub listens on its own machine only ({where})")
    return Check("port", True, f"the hub listens at {where}; what a firewall keeps out cannot be seen from here")


def _version(facts: Facts) -> Check | None:
    if not facts.agent:
        return None
    same = facts.agent == facts.hub
    return Check("agent", True if same else None, f"agent {facts.agent}, hub {facts.hub}")


def _clock(facts: Facts) -> Check | None:
    if facts.clock is None:
        return None
    side = "behind" if facts.clock > 0 else "ahead"
    text = f"its clock was {abs(facts.clock):.3g} s {side} when it was measured last"
    return Check("clock", abs(facts.clock) < DRIFTED, text)


_CHECKS: tuple[Callable[[Facts], Check | None], ...] = (
    *(_let_in, _copied, _heard, _left, _address, _name, _ping, _doors, _version, _clock),
)


def _of_state(facts: Facts) -> str:
    if facts.state == "retired":
        return f"It was retired: `wacket node adopt {facts.name}` takes it back."
    if facts.state == "pending":
        word = "approve" if facts.agent else "adopt"
        return f"It waits for a person's word: `wacket node {word} {facts.name}`."
    return ""


def _of_copy(facts: Facts) -> str:
    split = f"`wacket node split {facts.name}` makes that one a node of its own"
    return f"Another machine shows its key: {split}." if facts.copy is not None else ""


def _of_presence(facts: Facts) -> str:
    if facts.presence == "up":
        return "It is here: there is nothing to mend."
    if facts.presence == "late":
        return "It is late, not gone: wait a moment, and look at its network if that happens often."
    return ""


def _of_doors(facts: Facts) -> str:
    if not _is_shut_in(facts):
        return ""
    return "The hub can be reached from its own machine only: start it with `wacket up --lan`."


def _of_silence(facts: Facts) -> str:
    if facts.seen:
        return ""
    if _is_shut_in(facts):
        why = "the hub listens on its own machine only"
        return f"It has never been heard, and {why}: `wacket up --lan` opens it to others."
    where = facts.doors.get("https") or facts.doors.get("tcp") or facts.doors.get("http", "")
    return f"It has never been heard: is it switched on, and does it send to {where}?"


def _of_farewell(facts: Facts) -> str:
    if facts.presence != "off":
        return ""
    return f"It was stopped or switched off on purpose ({facts.why or 'no reason given'}): switch it on again."


def _of_moving(facts: Facts) -> str:
    found = facts.name_found
    if not (found and found.ok and facts.peer and facts.peer not in found.addresses):
        return ""
    return f"Its name stands for another address now: look for it at {found.addresses[0]}."


def _of_ping(facts: Facts) -> str:
    if facts.ping.ok and facts.agent:
        return "The machine answers, but its agent does not: on it, `wacket-agent status` says what is the matter."
    if facts.ping.ok:
        return "Something answers at its address, but sends nothing: start it anew, and look at what its program does."
    if facts.ping.ok is False:
        return f"Nothing answers at {facts.peer}: is it switched on, and in the network?"
    return "Look whether it is switched on and in the network."


_VERDICTS: tuple[Callable[[Facts], str], ...] = (
    *(_of_state, _of_copy, _of_presence, _of_silence, _of_doors, _of_farewell, _of_moving, _of_ping),
)


def _is_shut_in(facts: Facts) -> bool:
    """Whether the hub can be reached from its own machine only, and the node is not on that."""
    if not facts.doors or facts.peer.startswith(("127.", "::1")):
        return False
    return all(address.startswith(LOCAL) for address in facts.doors.values())


def ago(passed: int) -> str:
    """A length of time (µs) in one word and number."""
    seconds = max(0, passed) // SECOND
    for unit, size in (("d", 86_400), ("h", 3600), ("min", 60)):
        if seconds >= size:
            return f"{seconds // size} {unit}"
    return f"{seconds} s"
