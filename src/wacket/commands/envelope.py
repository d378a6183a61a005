"""Makes the envelopes of commands: what a node is told to do, as the text that is signed.

Pure: time and randomness are arguments. docs/reference/agent-protocol.md says what each member means.
"""

from __future__ import annotations

import json
from typing import Any

from wacket.commands.spec import Spec
from wacket.errors import BadRequest

VERSION = 1
LONGEST = 65_536 - 512  # bytes of a message, less what stands around the envelope in it
ID_RANDOM = 10  # bytes
CANCEL_HOLDS = 3_600_000_000  # µs; it is made anew whenever a node comes back
_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def new_id(now: int, random: bytes) -> str:
    """A ULID: milliseconds and 10 random bytes, as 26 characters that sort by time."""
    number = (now // 1000 << 80) | int.from_bytes(random, "big")
    return "".join(_CROCKFORD[number >> shift & 31] for shift in range(125, -1, -5))


def command(number: str, node: str, actor: str, spec: Spec, not_before: int, expires: int) -> str:
    """The envelope of one command. `node` is a key id, times are µs since 1970."""
    body: dict[str, Any] = {"v": VERSION, "id": number, "node": node, "kind": spec.kind, "actor": actor}
    body |= {"not_before": not_before, "expires": expires, "timeout": spec.timeout, "keep": spec.keep}
    body |= {name: getattr(spec, name) for name in ("program", "cwd", "stdin", "user") if getattr(spec, name)}
    body |= {name: list(getattr(spec, name)) for name in ("argv", "args", "bring") if getattr(spec, name)}
    if spec.env:
        body["env"] = spec.env
    if spec.files:
        names = ("name", "sha256", "size", "mode")
        body["files"] = [{name: getattr(file, name) for name in names} for file in spec.files]
    return json.dumps(body)


def cancel(number: str, node: str, actor: str, of: str, now: int) -> str:
    """The envelope that ends the command `of`."""
    body = {"v": VERSION, "id": number, "node": node, "kind": "cancel", "actor": actor}
    return json.dumps(body | {"not_before": now, "expires": now + CANCEL_HOLDS, "of": of})


def signed_text(envelope: str) -> bytes:
    """The bytes that the command key signs."""
    return b"wacket command v1\n" + envelope.encode()


def require_fits(spec: Spec, actor: str) -> None:
    """Raises BadRequest where the command would be too long for one message."""
    longest = 2**53
    size = len(json.dumps(command("0" * 26, "0" * 64, actor, spec, longest, longest)))
    if size > LONGEST:
        reason = f"the command has {size} bytes as it is sent, at most {LONGEST} are possible"
        raise BadRequest(f"{reason}; put what is long into a program, a file or standard input", "argv")
