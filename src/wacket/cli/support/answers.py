"""PURE: the answers of many nodes as lines for a person: equal ones together, short ones as a table.

The hub has folded them already. What nodes wrote is made harmless where `harmless` says so, and never otherwise
changed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from wacket.cli.support.tally import QUEUED, SUCCEEDED
from wacket.cli.support.text import LAYOUT, aligned, folded, plain

LONGEST_CELL = 60  # characters of an answer that still fits into a table
BAD = "✗"
WORDS = {
    QUEUED: "waits for the node",
    "sent": "was sent",
    "accepted": "is about to begin",
    "running": "still runs",
    "failed": "failed",
    "timed_out": "timed out",
    "cancelled": "cancelled",
    "lost_reboot": "lost: the machine went down meanwhile",
    "expired": "expired before the node came",
    "rejected": "rejected",
}

Answer = Mapping[str, Any]


def lines(answers: Sequence[Answer], most: int | None = None, harmless: bool = True) -> list[str]:
    """A table where each answer is one short line, else one paragraph for each. `most` lines of each paragraph."""
    ordered = sorted(answers, key=lambda one: (one["state"] != SUCCEEDED, -one["count"]))
    if all(_short(one) for one in ordered):
        return table([[_cell(one), plain(one["nodes"]), _remark(one)] for one in ordered])
    found: list[str] = []
    for one in ordered:
        found += [*([""] if found else []), *_paragraph(one, most, harmless)]
    return found


def table(rows: Sequence[Sequence[str]]) -> list[str]:
    return aligned(rows, [False] * 3) if rows else []


def summary(answers: Sequence[Answer], waiting: int, left_out: int) -> str:
    """ "38 ok, 1 differs, 1 failed": what differs is what not even half of those that succeeded say."""
    succeeded = [one["count"] for one in answers if one["state"] == SUCCEEDED]
    all_ok = sum(succeeded)
    same = max(succeeded, default=0)
    differs = all_ok - same if same * 2 > all_ok else 0
    failed = sum(one["count"] for one in answers if one["state"] not in {SUCCEEDED, QUEUED})
    parts = [f"{all_ok - differs} ok"]
    if differs:
        parts.append(folded(differs, "differs", "differ"))
    if failed:
        parts.append(f"{failed} failed")
    if waiting:
        parts.append(folded(waiting, "waits", "wait"))
    if left_out:
        parts.append(f"{left_out} left out")
    return ", ".join(parts)


def why(answer: Answer) -> str:
    """What became of a command that did not succeed, in few words."""
    state, reason = str(answer["state"]), plain(answer.get("reason") or "")
    if state == "failed" and answer.get("exit") is not None and not reason:
        return f"exit {answer['exit']}"
    if state == "failed" and answer.get("signal"):
        return f"ended by signal {answer['signal']}"
    words = WORDS.get(state, plain(state))
    return f"{words}: {reason}" if reason else words


def names(nodes: Collection[str], most: int = 8) -> str:
    """Some names, and how many more there are."""
    shown = [plain(node) for node in sorted(nodes)[:most]]
    rest = len(nodes) - len(shown)
    return ", ".join(shown) + (f" and {rest} more" if rest else "")


def _short(answer: Answer) -> bool:
    text = _whole(answer)
    return len(text) <= LONGEST_CELL and "\n" not in text and not (answer.get("out") and answer.get("err"))


def _whole(answer: Answer) -> str:
    return str(answer.get("out") or answer.get("err") or "").removesuffix("\n").removesuffix("\r")


def _cell(answer: Answer) -> str:
    text = plain(_whole(answer))
    if answer["state"] != SUCCEEDED:
        return f"{BAD} {text}".rstrip()
    return text or "(nothing said)"


def _remark(answer: Answer) -> str:
    count = f"({answer['count']})"
    return count if answer["state"] == SUCCEEDED else f"{count} {why(answer)}"


def _paragraph(answer: Answer, most: int | None, harmless: bool) -> Iterable[str]:
    mark = "──" if answer["state"] == SUCCEEDED else BAD
    yield f"{mark} {plain(answer['nodes'])}  {_remark(answer)}"
    yield from _limited(_text(answer.get("out"), harmless), most)
    yield from (f"! {line}" for line in _limited(_text(answer.get("err"), harmless), most))


def _text(said: object, harmless: bool) -> list[str]:
    text = str(said or "").replace("\r\n", "\n")
    return (plain(text, keep=LAYOUT) if harmless else text).removesuffix("\n").split("\n") if text else []


def _limited(text: list[str], most: int | None) -> list[str]:
    if most is None or len(text) <= most:
        return text
    return [*text[:most], f"… {folded(len(text) - most, 'more line')}"]
