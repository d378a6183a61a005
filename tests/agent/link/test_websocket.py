"""The WebSocket client against the server libraries that the hub uses, and against what no server should send."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
import uvicorn
import websockets.asyncio.server
from hypothesis import given
from hypothesis import strategies as st
from websockets.frames import Frame, Opcode
from websockets.server import ServerProtocol

from wacket_agent.link.websocket import (
    BINARY,
    CLOSE,
    NORMAL,
    PING,
    TEXT,
    Broken,
    Frames,
    Message,
    check_answer,
    closing,
    frame,
    masked,
    request,
)

PIECES = st.lists(st.binary(max_size=70), min_size=1, max_size=4)
KEY, MASK, LIMIT = bytes(16), b"\1\2\3\4", 300_000
GOOD = (
    b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: WebSocket\r\nconnection: keep-alive, Upgrade\r\n"
    b"Sec-WebSocket-Accept: ICX+Yqv66kxgM0FcWaLWlFLwTAI=\r\n\r\n"
)


def served(opcode: Opcode, data: bytes, fin: bool = True) -> bytes:
    """A frame as the library that the hub uses writes it."""
    return Frame(opcode, data, fin).serialize(mask=False)


@pytest.mark.slow
@given(st.binary(max_size=300), st.binary(min_size=4, max_size=4))
def test_masking(data: bytes, mask: bytes) -> None:
    assert masked(data, mask) == bytes(byte ^ mask[place % 4] for place, byte in enumerate(data))


@pytest.mark.slow
@given(st.sampled_from([TEXT, BINARY, PING]), st.binary(min_size=4, max_size=4), st.data())
def test_the_library_of_the_hub_reads_our_frames(kind: int, mask: bytes, data: st.DataObject) -> None:
    sizes = [0, 1, 125] if kind == PING else [0, 1, 125, 126, 127, 65_535, 65_536, 70_000]
    payload = b"x" * data.draw(st.sampled_from(sizes))
    theirs = ServerProtocol(max_size=None)
    theirs.receive_data(opened() + frame(kind, payload, mask) + closing(NORMAL, mask))
    _, read, close = theirs.events_received()
    assert (read.opcode, read.data, read.fin) == (kind, payload, True)
    assert close.data == NORMAL.to_bytes(2, "big")


def opened() -> bytes:
    return request("hub:1", "/", KEY)


@pytest.mark.slow
@given(
    st.lists(st.tuples(st.booleans(), st.lists(st.binary(max_size=70), min_size=1, max_size=4)), max_size=5), st.data()
)
def test_messages_in_any_pieces_become_whole(messages: list[tuple[bool, list[bytes]]], data: st.DataObject) -> None:
    """Each message in several frames, with a ping between them, the whole cut anywhere."""
    stream, expected = b"", []
    for is_text, pieces in messages:
        for place, piece in enumerate(pieces):
            opcode = Opcode.CONT if place else Opcode.TEXT if is_text else Opcode.BINARY
            stream += served(Opcode.PING, b"?") + served(opcode, piece, place == len(pieces) - 1)
            expected.append(Message(PING, b"?"))
        expected.append(Message(TEXT if is_text else BINARY, b"".join(pieces)))
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=6)))
    frames = Frames(LIMIT)
    cut = [stream[start:end] for start, end in zip([0, *cuts], [*cuts, len(stream)], strict=True)]
    assert [message for piece in cut for message in frames.feed(piece)] == expected


@given(st.binary(max_size=300))
def test_any_bytes_are_frames_or_broken(data: bytes) -> None:
    frames = Frames(100)
    with contextlib.suppress(Broken):
        for message in frames.feed(data):
            assert len(message.data) <= 125


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"\xc1\0", 1002),  # a bit of an extension
        (b"\x83\0", 1002),  # a kind that does not exist
        (b"\x81\x80", 1002),  # masked
        (b"\x80\0", 1002),  # goes on without a beginning
        (b"\x01\x01a\x81\x01b", 1002),  # begins within another message
        (b"\x09\x01a", 1002),  # a ping in pieces
        (b"\x89\x7e\0\x7e" + bytes(126), 1002),  # a long ping
        (b"\x82\x7e\0\x65", 1009),
        (b"\x82\x7f" + b"\xff" * 8, 1009),
        (b"\x02\x60" + bytes(96) + b"\x80\x05", 1009),  # too long in pieces
    ],
)
def test_what_is_broken(data: bytes, code: int) -> None:
    with pytest.raises(Broken) as caught:
        Frames(100).feed(data)
    assert caught.value.code == code


def test_a_ping_passes_within_a_message_that_is_nearly_full() -> None:
    stream = served(Opcode.BINARY, bytes(99), False) + served(Opcode.PING, b"123") + served(Opcode.CONT, b"x")
    assert [one.kind for one in Frames(100).feed(stream)] == [PING, BINARY]


def test_a_yes_is_taken() -> None:
    check_answer(GOOD, KEY)


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        (b"SSH-2.0-OpenSSH_9.6\r\n\r\n", "no web server"),
        (b"", "no web server"),
        (b"HTTP/1.1 404 Not Found\r\n\r\n", "404 Not Found"),
        (b"HTTP/1.1 403 Forbidden\r\n\r\n", "no more connections for the moment"),
        (GOOD.replace(b"WebSocket\r", b"h2c\r"), "does not let WebSockets pass"),
        (GOOD.replace(b", Upgrade", b""), "does not let WebSockets pass"),
        (GOOD.replace(b"ICX", b"ICY"), "another request"),
        (GOOD.replace(b"\r\n\r\n", b"\r\nSec-WebSocket-Extensions: x\r\n\r\n"), "extension"),
    ],
)
def test_any_other_answer_is_refused(wrong: bytes, reason: str) -> None:
    with pytest.raises(Broken, match=reason):
        check_answer(wrong, KEY)


@given(st.binary(max_size=300))
def test_any_answer_is_judged(answer: bytes) -> None:
    with pytest.raises(Broken):
        check_answer(answer, KEY)


@contextlib.asynccontextmanager
async def by_websockets() -> AsyncIterator[int]:
    async def echo(connection: Any) -> None:
        async for message in connection:
            await connection.send(message)

    async with websockets.asyncio.server.serve(echo, "127.0.0.1", 0, max_size=None, compression=None) as server:
        yield server.sockets[0].getsockname()[1]


@contextlib.asynccontextmanager
async def by_uvicorn() -> AsyncIterator[int]:
    async def echo(_scope: Any, receive: Any, send: Any) -> None:
        await receive()
        await send({"type": "websocket.accept"})
        while (event := await receive())["type"] == "websocket.receive":
            data = {"text": event["text"]} if event.get("text") is not None else {"bytes": event["bytes"]}
            await send({"type": "websocket.send", **data})

    config = uvicorn.Config(echo, port=0, ws="websockets-sansio", lifespan="off", log_level="error")
    server = uvicorn.Server(config)
    server.config.load()
    server.lifespan = config.lifespan_class(config)
    await server.startup()
    yield server.servers[0].sockets[0].getsockname()[1]
    await server.shutdown()


@pytest.mark.slow
@pytest.mark.parametrize("server", [by_websockets, by_uvicorn])
async def test_real_servers_echo_what_we_say(server: Callable[[], contextlib.AbstractAsyncContextManager[int]]) -> None:
    said = [Message(TEXT, "wäcket".encode()), Message(BINARY, bytes(200)), Message(BINARY, bytes(range(256)) * 1000)]
    async with asyncio.timeout(20), server() as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(request(f"127.0.0.1:{port}", "/", KEY))
        check_answer(await reader.readuntil(b"\r\n\r\n"), KEY)
        for message in said:
            writer.write(frame(message.kind, message.data, MASK))
        frames, heard = Frames(LIMIT), []
        while len(heard) < len(said):
            heard += frames.feed(await reader.read(65_536))
        writer.write(closing(NORMAL, MASK))
        while not (last := frames.feed(await reader.read(65_536))):
            continue
        writer.close()
        await writer.wait_closed()
    assert heard == said
    assert last == [Message(CLOSE, NORMAL.to_bytes(2, "big"))]
