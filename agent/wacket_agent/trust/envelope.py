"""Commands as they come: who signed one, whether it is for this node and for now, and whether each member is what it
should be. Pure.

Whether the command is known already, and whether the owner of the machine allows it, the desk asks
(`commands/desk.py`), for it has the journal and the settings.
"""

from __future__ import annotations

import re
from typing import Any, Callable, Mapping, NamedTuple, TypeVar

from wacket_agent.protocol import MAX_TEXT, Malformed, command_text, parse_object, unhex
from wacket_agent.trust.signatures import Verifier

KINDS = ("exec", "python", "ping", "cancel")
MAX_ITEMS = 1024  # of argv, args, env, files and bring
MAX_NAME = 4096
MAX_TIMEOUT = 604_800
MAX_NUMBER = 2**53  # beyond, JSON readers do not agree
EARLY = 2_000_000  # µs that a command may seem to come before its time: our idea of the hub's clock is not exact

_ID = re.compile("[0-9A-HJKMNP-TV-Z]{26}")
_CONTROL = re.compile("[\x00-\x1f\x7f]")

T = TypeVar("T")


class File(NamedTuple):
    name: str
    sha256: str
    size: int
    mode: int


class Envelope(NamedTuple):
    """One command; docs/reference/agent-protocol.md says what each member means."""

    id: str
    node: str
    kind: str
    actor: str
    not_before: int
    expires: int
    argv: tuple[str, ...]
    program: str
    args: tuple[str, ...]
    env: Mapping[str, str]
    cwd: str
    stdin: str
    user: str
    timeout: int
    files: tuple[File, ...]
    bring: tuple[str, ...]
    keep: int
    of: str


class Refused(Exception):
    """The command is not carried out. `reason` is for a person, `id` is "" where the command has none that could be
    read, and `state` is what to answer: `rejected` or `expired`.
    """

    def __init__(self, reason: str, id: str = "", state: str = "rejected") -> None:  # noqa: A002 - its name on the wire
        super().__init__(reason)
        self.reason, self.id, self.state = reason, id, state


def check_envelope(text: str, sig: str, verifier: Verifier, key_id: str, now: int) -> Envelope:
    """`key_id` is the node's own, `now` the hub's clock. Raises Refused, and nothing else whatever comes."""
    id = claimed_id(text)  # noqa: A001
    if not _is_signed(text, sig, verifier):
        raise Refused("the signature is not that of the hub's command key", id)
    try:
        envelope = read_envelope(text)
    except ValueError as error:
        raise Refused(f"the command cannot be understood: {error}", id) from None
    if envelope.node != key_id:
        raise Refused("the command is for another node", id)
    if now >= envelope.expires:
        raise Refused("the command came after it had expired", id, "expired")
    if now < envelope.not_before - EARLY:
        raise Refused("the command came before its time: is the hub's clock right?", id)
    if envelope.kind not in KINDS:
        raise Refused(f"this agent knows no command of kind {envelope.kind[:40]!r}: a newer agent may", id)
    return envelope


def claimed_id(text: str) -> str:
    """The id in an envelope that nobody has checked; "" if there is none. Good for an answer, for nothing else."""
    try:
        id = parse_object(text).get("id") if len(text) <= MAX_TEXT else None  # noqa: A001
    except ValueError:
        return ""
    return id if isinstance(id, str) and _ID.fullmatch(id) else ""


def read_envelope(text: str) -> Envelope:
    """An envelope that is trusted already, from the wire or from the journal. ValueError says what is wrong with it."""
    if len(text) > MAX_TEXT:
        raise ValueError("too long")
    read = _Members(parse_object(text))
    if read("v", _number) != 1:
        raise ValueError("it is of another version")
    envelope = Envelope(
        id=read("id", _ulid),
        node=read("node", _hash),
        kind=read("kind", _text),
        actor=read("actor", _text, ""),
        not_before=read("not_before", _number, 0),
        expires=read("expires", _number),
        argv=read("argv", _texts, ()),
        program=read("program", _hash, ""),
        args=read("args", _texts, ()),
        env=read("env", _variables, {}),
        cwd=read("cwd", _text, ""),
        stdin=read("stdin", _hash, ""),
        user=read("user", _account, ""),
        timeout=read("timeout", _timeout, 600),
        files=read("files", _files, ()),
        bring=read("bring", _paths, ()),
        keep=read("keep", _number, 0),
        of=read("of", _ulid, ""),
    )
    needed = {"exec": "argv", "python": "program", "cancel": "of"}.get(envelope.kind)
    if needed and not getattr(envelope, needed):
        raise ValueError(f"{envelope.kind} without {needed}")
    return envelope


class _Members:
    """Reads the members of an object; what is wrong with one is told with its name. Empty is as good as left out."""

    def __init__(self, members: Mapping[str, Any]) -> None:
        self._members = members

    def __call__(self, name: str, read: Callable[[Any], T], default: T | None = None) -> T:
        value = self._members.get(name)
        if default is not None and (value is None or value == default):
            return default
        try:
            return read(value)
        except ValueError as error:
            raise ValueError(f"{name}: {error}") from None


def _is_signed(text: str, sig: str, verifier: Verifier) -> bool:
    try:
        return verifier.accepts(unhex(sig, 64), command_text(text))
    except (Malformed, UnicodeEncodeError):
        return False


def _number(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= MAX_NUMBER:
        raise ValueError("a whole number is due")
    return value


def _timeout(value: object) -> int:
    seconds = _number(value)
    if not 1 <= seconds <= MAX_TIMEOUT:
        raise ValueError(f"1 to {MAX_TIMEOUT} seconds are possible")
    return seconds


def _text(value: object) -> str:
    """Text that a program can be given: UTF-8 without NUL."""
    if not isinstance(value, str) or "\0" in value:
        raise ValueError("text is due, without NUL")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise ValueError("this text cannot be written as UTF-8") from None
    return value


def _texts(value: object) -> tuple[str, ...]:
    return tuple(_text(one) for one in _list(value))


def _list(value: object) -> list[Any]:
    if not isinstance(value, list) or len(value) > MAX_ITEMS:
        raise ValueError(f"a list of at most {MAX_ITEMS} is due")
    return value


def _variables(value: object) -> dict[str, str]:
    if not isinstance(value, dict) or len(value) > MAX_ITEMS:
        raise ValueError(f"an object of at most {MAX_ITEMS} texts is due")
    if any(not name or "=" in name for name in value):
        raise ValueError("a variable has a name, and no = in it")
    return {_text(name): _text(one) for name, one in value.items()}


def _hash(value: object) -> str:
    return unhex(value, 32).hex()


def _ulid(value: object) -> str:
    if not isinstance(value, str) or not _ID.fullmatch(value):
        raise ValueError("an id of 26 characters is due")
    return value


def _account(value: object) -> str:
    name = _text(value)
    if name.startswith("-") or len(name) > 64 or _CONTROL.search(name):
        raise ValueError("this is no name of an account")
    return name


def _files(value: object) -> tuple[File, ...]:
    return tuple(_file(one) for one in _list(value))


def _file(value: object) -> File:
    if not isinstance(value, dict):
        raise ValueError("a file is an object")
    read = _Members(value)
    mode = read("mode", _number, 0o644)
    if mode > 0o777:
        raise ValueError("mode: at most 0777")
    return File(read("name", _path), read("sha256", _hash), read("size", _number), mode)


def _paths(value: object) -> tuple[str, ...]:
    return tuple(_path(one) for one in _list(value))


def _path(value: object) -> str:
    """A path that stays below the working folder, on every system."""
    path = _text(value)
    if not path or len(path) > MAX_NAME or path[1:2] == ":" or "\\" in path or _CONTROL.search(path):
        raise ValueError("a relative path is due, with / between folders")
    if any(part in ("", ".", "..") for part in path.split("/")):
        raise ValueError(f"{path[:80]!r} does not stay in the working folder")
    return path
