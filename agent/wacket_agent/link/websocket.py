"""A WebSocket client (RFC 6455) without the socket: bytes in, messages and answers out, all bounded.

No extensions and no subprotocols, because the hub offers none that an agent would want: what is compressed already, or
small, gains nothing. What the messages say is not looked at.
"""

from __future__ import annotations

import base64
import hashlib
from typing import NamedTuple

GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
CONTINUED, TEXT, BINARY, CLOSE, PING, PONG = 0x0, 0x1, 0x2, 0x8, 0x9, 0xA
MAX_CONTROL = 125
NORMAL, PROTOCOL_ERROR, TOO_BIG = 1000, 1002, 1009


class Broken(ValueError):
    """The other side does not keep to RFC 6455, or sends more than is taken. `code` is for the close frame."""

    def __init__(self, reason: str, code: int = PROTOCOL_ERROR) -> None:
        super().__init__(reason)
        self.code = code


class Message(NamedTuple):
    """A whole message, or a control frame. `kind` is one of TEXT, BINARY, CLOSE, PING and PONG."""

    kind: int
    data: bytes


def request(host: str, path: str, key: bytes) -> bytes:
    """The opening of the handshake. `key` is 16 random bytes, new for each connection."""
    lines = [
        f"GET {path} HTTP/1.1",
        f"Host: {host}",
        "Upgrade: websocket",
        "Connection: Upgrade",
        f"Sec-WebSocket-Key: {base64.b64encode(key).decode()}",
        "Sec-WebSocket-Version: 13",
    ]
    return "\r\n".join([*lines, "", ""]).encode("ascii")


def check_answer(answer: bytes, key: bytes) -> None:
    """`answer` is the hub's HTTP answer up to its empty line. Raises Broken where it is not a yes to this request."""
    status, _, rest = answer.decode("latin-1").partition("\r\n")
    words = status.split(" ", 2)
    if len(words) < 2 or not words[0].startswith("HTTP/1."):
        raise Broken("this is no web server: is the address right?")
    if words[1] in ("403", "503"):
        raise Broken("the hub takes no more connections for the moment")
    if words[1] != "101":
        raise Broken(f"no hub of this kind is there: the answer was {status[9:80]!r}")
    fields = (line.partition(":") for line in rest.split("\r\n") if line)
    headers = {name.strip().lower(): value.strip() for name, _, value in fields}
    if headers.get("upgrade", "").lower() != "websocket" or "upgrade" not in headers.get("connection", "").lower():
        raise Broken("the web server between here and the hub does not let WebSockets pass")
    expected = base64.b64encode(hashlib.sha1(base64.b64encode(key) + GUID).digest()).decode()  # noqa: S324 - RFC 6455
    if headers.get("sec-websocket-accept") != expected:
        raise Broken("the answer to the handshake belongs to another request")
    if "sec-websocket-extensions" in headers:
        raise Broken("the server uses an extension that nobody asked for")


def frame(kind: int, data: bytes, mask: bytes) -> bytes:
    """One message in one frame. `mask` is 4 random bytes."""
    size = len(data)
    if size < 126:
        head = bytes((0x80 | kind, 0x80 | size))
    elif size < 65_536:
        head = bytes((0x80 | kind, 0xFE)) + size.to_bytes(2, "big")
    else:
        head = bytes((0x80 | kind, 0xFF)) + size.to_bytes(8, "big")
    return b"".join((head, mask, masked(data, mask)))


def closing(code: int, mask: bytes) -> bytes:
    return frame(CLOSE, code.to_bytes(2, "big"), mask)


def masked(data: bytes, mask: bytes) -> bytes:
    """All bytes at once, as two long numbers: 1 MiB in 3 ms, where a loop takes 100."""
    size = len(data)
    repeated = (mask * (size // 4 + 1))[:size]
    return (int.from_bytes(data, "little") ^ int.from_bytes(repeated, "little")).to_bytes(size, "little")


class Frames:
    """Takes what the server sends, in pieces of any size, and gives the messages that have become whole."""

    def __init__(self, max_message: int) -> None:
        self._max = max_message
        self._bytes = bytearray()
        self._kind = 0  # of the message whose pieces are being gathered; 0 if there is none
        self._pieces = bytearray()

    def feed(self, data: bytes) -> list[Message]:
        """Raises Broken; then nothing more can be understood."""
        self._bytes += data
        messages = []
        start = 0
        while True:
            end, message = self._frame(start)
            if end == start:
                break
            start = end
            if message:
                messages.append(message)
        del self._bytes[:start]
        return messages

    def _frame(self, start: int) -> tuple[int, Message | None]:
        """Where the frame at `start` ends (at `start` if it is not all there), and the message that it completes."""
        bytes_ = self._bytes
        if len(bytes_) < start + 2:
            return start, None
        first, second = bytes_[start], bytes_[start + 1]
        wide = {126: 2, 127: 8}.get(second, 0)
        body = start + 2 + wide
        if len(bytes_) < body:
            return start, None
        size = int.from_bytes(bytes_[start + 2 : body], "big") if wide else second
        self._check(first, second, size)
        if len(bytes_) < body + size:
            return start, None
        return body + size, self._taken(first, bytes(bytes_[body : body + size]))

    def _check(self, first: int, second: int, size: int) -> None:
        kind = first & 0x0F
        if first & 0x70 or kind not in (CONTINUED, TEXT, BINARY, CLOSE, PING, PONG):
            raise Broken("a frame of a kind that RFC 6455 does not know")
        if second & 0x80:
            raise Broken("a server does not mask its frames")
        if kind >= CLOSE and (size > MAX_CONTROL or not first & 0x80):
            raise Broken("a control frame is short and whole")
        if kind < CLOSE and (kind == CONTINUED) != bool(self._kind):
            raise Broken("a message begins within another one, or goes on without a beginning")
        if kind < CLOSE and len(self._pieces) + size > self._max:
            raise Broken(f"a message of more than {self._max} bytes", TOO_BIG)

    def _taken(self, first: int, data: bytes) -> Message | None:
        kind, last = first & 0x0F, first & 0x80
        if kind >= CLOSE:
            return Message(kind, data)
        if last and not self._kind:
            return Message(kind, data)
        self._kind = self._kind or kind
        self._pieces += data
        if not last:
            return None
        whole = Message(self._kind, bytes(self._pieces))
        self._kind, self._pieces = 0, bytearray()
        return whole
