"""What goes over the connection, and what is signed: see docs/reference/agent-protocol.md.

Pure: bytes and dictionaries, no sockets, no clock. What the hub sends is judged here once, for form and for size;
what a message means is the business of those who handle it. Commands have a module of their own, `trust/envelope.py`.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
from typing import Any, Mapping, NamedTuple, NoReturn

VERSION = 1
PATH = "/api/v1/agent"
MAX_TEXT = 65_536
MAX_HEAD = 16_384
MAX_PAYLOAD = 1_048_576
MAX_PLAIN = 200
MAX_MESSAGE = 4 + MAX_HEAD + MAX_PAYLOAD

_CODE_ALPHABET = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", "0123456789ABCDEFGHJKMNPQRSTVWXYZ")
_TOKEN = re.compile("wjt_([A-Za-z0-9_-]{71})")
_HEX = re.compile("[0-9a-f]*")


class Malformed(ValueError):
    """What came is no message of this protocol. Ends the connection."""


class Token(NamedTuple):
    """What a person pastes to let a machine join. `hub` is the fingerprint of the hub's key."""

    id: int
    secret: bytes
    hub: str


def encode(message: Mapping[str, Any]) -> bytes:
    """A text message. ValueError if it is too long: that is a mistake of who made it."""
    return _bounded(_json(message), MAX_TEXT)


def decode(data: bytes) -> dict[str, Any]:
    if len(data) > MAX_TEXT:
        raise Malformed(f"a text message of {len(data)} bytes, at most {MAX_TEXT}")
    return _message(data)


def pack(head: Mapping[str, Any], payload: bytes) -> bytes:
    """A binary message. ValueError if head or payload is too long."""
    data = _bounded(_json(head), MAX_HEAD)
    return b"".join((len(data).to_bytes(4, "big"), data, _bounded(payload, MAX_PAYLOAD)))


def unpack(data: bytes) -> tuple[dict[str, Any], bytes]:
    """The head and the payload of a binary message."""
    end = 4 + int.from_bytes(data[:4], "big")
    if end > min(len(data), 4 + MAX_HEAD):
        raise Malformed("the head of a binary message is longer than it may be, or not all there")
    if len(data) - end > MAX_PAYLOAD:
        raise Malformed(f"a payload of {len(data) - end} bytes, at most {MAX_PAYLOAD}")
    return _message(data[4:end]), data[end:]


def parse_object(text: str) -> dict[str, Any]:
    """A JSON object. Raises ValueError for whatever else, without an end to the kinds of it: NaN, depth, size."""
    try:
        parsed = json.loads(text, parse_constant=_no_number)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    if not isinstance(parsed, dict):
        raise ValueError("no JSON object")
    return parsed


def unhex(text: object, size: int) -> bytes:
    """`size` bytes written in lower-case hexadecimal."""
    if not isinstance(text, str) or len(text) != 2 * size or not _HEX.fullmatch(text):
        raise Malformed(f"{size} bytes in lower-case hexadecimal are due")
    return bytes.fromhex(text)


def plain(text: object) -> str:
    """Text of somebody else, fit for a line in a log: bounded, and nothing that a terminal would obey."""
    return "".join(sign if sign.isprintable() else "?" for sign in text[:MAX_PLAIN]) if isinstance(text, str) else ""


def fingerprint(public: bytes) -> str:
    """Of the hub's key what an agent pins, of a node's key its key id."""
    return hashlib.sha256(public).hexdigest()


def hub_text(n1: str, n2: str, certificate: str) -> bytes:
    """What the hub signs to prove itself."""
    return _lines("wacket agent v1 hub", n1, n2, certificate)


def node_text(hub: str, n2: str, n1: str, certificate: str) -> bytes:
    """What the node signs to prove itself."""
    return _lines("wacket agent v1 node", hub, n2, n1, certificate)


def join_proof(secret: bytes, hub: str, n2: str, n1: str, certificate: str, key: str) -> str:
    """That one has the token's secret, without telling it."""
    text = _lines("wacket agent v1 join", hub, n2, n1, certificate, key)
    return hmac.new(hashlib.sha256(secret).digest(), text, "sha256").hexdigest()


def command_key_text(command_key: str, hub: str) -> bytes:
    """What the hub key signs to vouch for the command key."""
    return _lines("wacket command key v1", command_key, hub)


def command_text(envelope: str) -> bytes:
    """What the command key signs."""
    return _lines("wacket command v1", envelope)


def short_code(hub: str, key: str) -> str:
    """What a person compares at both ends: `7KQ2M-9XFAB`."""
    digest = hashlib.sha256(_lines("wacket code v1", hub, key)).digest()
    code = base64.b32encode(digest).decode()[:10].translate(_CODE_ALPHABET)
    return f"{code[:5]}-{code[5:]}"


def machine_hash(machine_id: str) -> str:
    """The machine id itself stays at home."""
    return hashlib.sha256(_lines("wacket machine v1", machine_id)).hexdigest()


def parse_token(text: str) -> Token:
    """Raises ValueError with what to do about it."""
    found = _TOKEN.fullmatch(text.strip())
    if not found:
        raise ValueError("this is no token to join with: one begins with wjt_ and has 75 characters")
    raw = base64.urlsafe_b64decode(found.group(1) + "=")
    if raw[0] != 1:
        raise ValueError("this token is of a newer hub: get the agent from that hub again")
    return Token(int.from_bytes(raw[1:5], "big"), raw[5:21], raw[21:].hex())


def _lines(*parts: str) -> bytes:
    return "\n".join(parts).encode()


def _json(message: Mapping[str, Any]) -> bytes:
    return json.dumps(message, separators=(",", ":")).encode()


def _message(data: bytes) -> dict[str, Any]:
    try:
        message = parse_object(data.decode())
    except ValueError as error:
        raise Malformed(f"a message that is no JSON object: {error}") from None
    if not isinstance(message.get("t"), str):
        raise Malformed("a message without a type")
    return message


def _bounded(data: bytes, limit: int) -> bytes:
    if len(data) > limit:
        raise ValueError(f"{len(data)} bytes are too many for one message, at most {limit}")
    return data


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON number")
