"""What agents say, as the page docs/reference/agent-protocol.md has it: bytes → checked messages, or Malformed.

Pure. All of it is bounded here, so nobody behind has to be afraid of what a node sends. Messages about commands are
only taken apart; what their members mean is for those who command.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, NamedTuple, TypeVar

import msgspec
from msgspec import Meta, Struct

from wacket.errors import BadRequest, WacketError

VERSION = 1
TEXT_LIMIT = 65_536  # bytes of a text message
HEAD_LIMIT = 16_384
PAYLOAD_LIMIT = 1 << 20
MOST_MESSAGE = 4 + HEAD_LIMIT + PAYLOAD_LIMIT
MOST_NUMBER = 2**53  # beyond which JSON's numbers are not exact

Number = Annotated[int, Meta(ge=0, lt=MOST_NUMBER)]
Hex64 = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}\Z")]  # 32 bytes
Hex128 = Annotated[str, Meta(pattern=r"^[0-9a-f]{128}\Z")]
Word = Annotated[str, Meta(min_length=1, max_length=64)]
Short = Annotated[str, Meta(max_length=100)]
Digest = Annotated[str, Meta(max_length=64)]


class Malformed(BadRequest):
    """What was said is no message of this protocol."""


class Refused(WacketError):
    """An agent is turned away; the codes are the protocol's. It comes again after `retry` seconds at the soonest.

    `retry` is None where a person must do something first.
    """

    def __init__(self, code: str, reason: str, retry: int | None = None, **more: Any) -> None:
        self.code = code
        self.message = {"t": "error", "code": code, "reason": reason, "retry": retry, **more}
        super().__init__(reason)


class Allows(Struct):
    """What the owner of the machine lets the hub have and do. What is not said is not allowed."""

    metrics: bool = False
    logs: bool = False
    run: bool = False
    root: bool = False
    shell: bool = False
    files: bool = False


class About(Struct):
    """What a machine says of itself. None of it is proved."""

    agent: Short = ""
    python: Short = ""
    os: Short = ""
    system: Short = ""
    arch: Short = ""
    host: Short = ""
    machine: Digest = ""
    boot: Digest = ""
    instance: Digest = ""
    allows: Allows = msgspec.field(default_factory=Allows)
    accounts: Annotated[list[Short], Meta(max_length=64)] = []
    slots: Annotated[int, Meta(ge=0, le=10_000)] = 0


class Hi(Struct):
    v: int
    nonce: Hex64 = ""
    cert: Digest = ""


class Auth(Struct):
    key: Hex64
    sig: Hex128
    about: About = msgspec.field(default_factory=About)


class Join(Struct):
    key: Hex64
    sig: Hex128
    token: Number
    proof: Hex64
    name: Short = ""
    about: About = msgspec.field(default_factory=About)
    visit: bool = False


class AboutNow(Struct):
    about: About


class Beat(Struct):
    at: Number = 0


class Report(Struct):
    epoch: Word
    seq: Number
    format: str


class Skip(Struct):
    """The lines `seq` to `to` will never come; they were of the time from `since` to `until`.

    Where `why` is thinned, others of that time do come.
    """

    epoch: Word
    seq: Number
    to: Number
    why: Short = "thinned"
    since: Number = 0
    until: Number = 0


class Stream(Struct):
    """What an agent keeps of one stream: the lines `first` to `last`, the oldest of the time `since`."""

    epoch: Word
    first: Number
    last: Annotated[int, Meta(ge=-1, lt=MOST_NUMBER)]
    since: Number = 0


class Streams(Struct):
    streams: Annotated[dict[Word, Stream], Meta(max_length=8)]


Shape = TypeVar("Shape", bound=Struct)


class Said(NamedTuple):
    """One message: its type, all of it, and its payload (empty for a text message)."""

    kind: str
    message: dict[str, Any]
    payload: bytes

    def members(self, shape: type[Shape]) -> Shape:
        """All of them, checked. Raises Malformed."""
        try:
            return msgspec.convert(self.message, shape)
        except msgspec.ValidationError as error:
            raise Malformed(f"{self.kind}: {error}") from None


def understood(raw: str | bytes) -> Said:
    """What was said: a text message, or one with a payload. Raises Malformed."""
    if isinstance(raw, str):
        if len(raw) > TEXT_LIMIT or len(text := raw.encode("utf-8", "replace")) > TEXT_LIMIT:
            raise Malformed(f"a text message has at most {TEXT_LIMIT} bytes")
        return _said(text, b"")
    size = int.from_bytes(raw[:4], "big")
    if len(raw) < 4 or size > HEAD_LIMIT or len(raw) < 4 + size or len(raw) - 4 - size > PAYLOAD_LIMIT:
        raise Malformed(f"a head has at most {HEAD_LIMIT} bytes and a payload at most {PAYLOAD_LIMIT}")
    return _said(raw[4 : 4 + size], raw[4 + size :])


def _said(text: bytes, payload: bytes) -> Said:
    try:
        message = msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Malformed(f"this is not JSON: {error}") from None
    if not isinstance(message, dict) or not isinstance(kind := message.get("t"), str):
        raise Malformed("a message is a JSON object with a text `t`, its type")
    return Said(kind[:40], message, payload)


def text_of(message: Mapping[str, Any]) -> str:
    return msgspec.json.encode(message).decode()


def with_payload(head: Mapping[str, Any], payload: bytes) -> bytes:
    text = msgspec.json.encode(head)
    return len(text).to_bytes(4, "big") + text + payload


def shown(about: About) -> dict[str, Any]:
    """As people and programs get it: what would steer a terminal, or hide in a text, is replaced."""
    said: dict[str, Any] = msgspec.to_builtins(about)
    for name, value in said.items():
        if isinstance(value, str):
            said[name] = printable(value)
    said["accounts"] = [printable(account) for account in about.accounts]
    return said


def printable(text: str) -> str:
    """What a node says in its own words, fit to be shown."""
    return "".join(character if character.isprintable() else "�" for character in text)
