"""Which nodes a target means, and of those that it does not reach, why.

Pure: text and nodes in, a selection out. A target is a list of terms with commas; `&` joins the conditions of one term,
and a term behind `!` takes nodes out again. It never means more than it says: what matches nothing is an error.
"""

from __future__ import annotations

import difflib
import fnmatch
import functools
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import NamedTuple

from wacket.commands.folding import expand, split
from wacket.errors import BadRequest

STANDARD_INPUT = "-"
LONGEST = 10_000  # characters
MOST_TOLD = 10  # reasons in one error
EXAMPLE = "for example demo-03, demo-[01-30], demo-*, tag:room=lab&state:up, *,!demo-04"
SYSTEMS = ("linux", "macos", "windows")
STATES = ("up", "late", "down", "off", "pending", "retired")
_GLOB = re.compile(r"[*?\[]")


class Candidate(NamedTuple):
    """A node as a target sees it. `unfit` says why it cannot take the job at all; a `present` one takes it at once."""

    id: int
    name: str
    tags: Mapping[str, str] = {}
    os: str = ""
    state: str = ""
    unfit: str = ""
    present: bool = True


class LeftOut(NamedTuple):
    """A node that somebody may have meant, and why it gets nothing."""

    node: str
    why: str


class Selection(NamedTuple):
    """Both in the order of the nodes' names."""

    nodes: list[Candidate]
    left_out: list[LeftOut]


class Term(NamedTuple):
    """`fits` are conditions that must all hold. `name` is the name of a single node, where the term is one; `glob`: it
    says nothing but what names look like."""

    text: str
    fits: tuple[Condition, ...]
    name: str = ""
    glob: bool = False


class _Terms:
    """Finds the term that a node fits; thousands of plain names cost no more than one."""

    def __init__(self, terms: Sequence[Term]) -> None:
        self.names = {term.name: term for term in reversed(terms) if term.name}
        self._others = [term for term in terms if not term.name]
        self.globs = [term for term in self._others if term.glob]

    def fitting(self, node: Candidate) -> Term | None:
        others = (term for term in self._others if all(fits(node) for fits in term.fits))
        return self.names.get(node.name) or next(others, None)


Condition = Callable[[Candidate], bool]


def select(target: str, nodes: Sequence[Candidate], named: Collection[str] = ()) -> Selection:
    """The nodes that `target` means; `named` are those that `-` stands for. Raises BadRequest where there are none."""
    wanted, unwanted = map(_Terms, parse(target, named))
    known = {node.name for node in nodes}
    for name in unwanted.names:
        if name not in known:
            raise BadRequest(f"!{name} leaves out nothing: {_no_such(name, known)}", "target")
    for term in unwanted.globs:
        if not any(fits(node) for fits in term.fits for node in nodes):
            raise BadRequest(f"!{term.text} leaves out nothing: no node has such a name", "target")
    missing = [name for name in wanted.names if name not in known]
    left_out = [LeftOut(name, _no_such(name, known if place < MOST_TOLD else ())) for place, name in enumerate(missing)]
    chosen: list[Candidate] = []
    for node in sorted(nodes, key=lambda node: node.name):
        if wanted.fitting(node) is None:
            continue
        spared = unwanted.fitting(node)
        why = f"left out by !{spared.text}" if spared else node.unfit
        if why:
            left_out.append(LeftOut(node.name, why))
        else:
            chosen.append(node)
    if not chosen:
        raise BadRequest(_nobody(target, left_out), "target")
    return Selection(chosen, sorted(left_out))


def plain_names(target: str, named: Collection[str] = ()) -> set[str] | None:
    """The names that a target consists of, or None where one must look at all nodes to know whom it means."""
    wanted, unwanted = parse(target, named)
    names = {term.name for term in wanted}
    return names if names and "" not in names and not unwanted else None


def parse(target: str, named: Collection[str] = ()) -> tuple[list[Term], list[Term]]:
    """The terms that take in, and those that take out. Raises BadRequest for what is no target."""
    if len(target) > LONGEST:
        raise BadRequest(f"a target has at most {LONGEST} characters", "target")
    wanted: list[Term] = []
    unwanted: list[Term] = []
    for part in split(target):
        if part.startswith("!"):
            unwanted += _terms(part[1:].strip(), named)
        else:
            wanted += _terms(part, named)
    if not wanted:
        said = "says only what to leave out; write *, before it" if unwanted else "is empty"
        raise BadRequest(f"the target {said}: {EXAMPLE}", "target")
    return wanted, unwanted


def _terms(text: str, named: Collection[str]) -> list[Term]:
    conditions = [condition.strip() for condition in text.split("&")]
    if not all(conditions):
        raise BadRequest(f"{text[:80]!r} lacks a condition: {EXAMPLE}", "target")
    if STANDARD_INPUT in conditions and not named:
        raise BadRequest("- stands for names that come along, and none came", "target")
    if len(conditions) == 1:
        if text == STANDARD_INPUT:
            return [Term(name, (functools.partial(_is_called, name),), name) for name in named]
        if _kind(text) is None:
            return [_named(name) for name in expand(text)]
    return [Term(text, tuple(_condition(condition, named) for condition in conditions))]


def _named(name: str) -> Term:
    glob = _GLOB.search(name) is not None
    return Term(name, (_by_name(name),), "" if glob else name, glob)


def _condition(text: str, named: Collection[str]) -> Condition:
    if text == STANDARD_INPUT:
        names = frozenset(named)
        return lambda node: node.name in names
    kind = _kind(text)
    if kind is not None:
        return kind(text.lstrip("@").partition(":")[2] if ":" in text else text[1:])
    by_names = [_by_name(name) for name in expand(text)]
    return lambda node: any(fits(node) for fits in by_names)


def _kind(text: str) -> Callable[[str], Condition] | None:
    if text.startswith("@"):
        return _group
    return KINDS.get(text.partition(":")[0]) if ":" in text else None


def _by_name(name: str) -> Condition:
    if not _GLOB.search(name):
        return functools.partial(_is_called, name)
    fits = re.compile(fnmatch.translate(name)).match
    return lambda node: fits(node.name) is not None


def _is_called(name: str, node: Candidate) -> bool:
    return node.name == name


def _tag(text: str) -> Condition:
    tag, equals, value = text.partition("=")
    _require(tag, "tag:")
    return (lambda node: node.tags.get(tag) == value) if equals else (lambda node: tag in node.tags)


def _group(text: str) -> Condition:
    _require(text, "@")
    return lambda node: text in node.tags or node.tags.get("group") == text


def _os(text: str) -> Condition:
    wanted = _one_of(text, "os:", SYSTEMS)
    return lambda node: node.os == wanted


def _state(text: str) -> Condition:
    wanted = _one_of(text, "state:", STATES)
    return lambda node: node.state == wanted


def _require(text: str, before: str) -> None:
    if not text:
        raise BadRequest(f"{before} needs something behind it: {EXAMPLE}", "target")


def _one_of(text: str, before: str, known: Sequence[str]) -> str:
    """A slip would take out nobody where it stands behind a !, so it is no condition at all."""
    _require(text, before)
    if text.lower() not in known:
        raise BadRequest(f"{before}{text[:40]} fits no node ever; known: {', '.join(known)}", "target")
    return text.lower()


KINDS: dict[str, Callable[[str], Condition]] = {"tag": _tag, "os": _os, "state": _state}


def _no_such(name: str, known: Collection[str]) -> str:
    near = difflib.get_close_matches(name, known, 1) if len(known) <= 2000 else []
    return f"there is no such node; did you mean {near[0]}?" if near else "there is no such node"


def _nobody(target: str, left_out: list[LeftOut]) -> str:
    if not left_out:
        return f"no node fits {target[:200]!r}; `wacket node ls` shows those there are"
    reasons = "; ".join(f"{node[:80]}: {why}" for node, why in left_out[:MOST_TOLD])
    more = f"; and {len(left_out) - MOST_TOLD} more" if len(left_out) > MOST_TOLD else ""
    return f"no node that fits {target[:200]!r} can take this: {reasons}{more}"
