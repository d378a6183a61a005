"""How TCP connections end, through real sockets: what was read is stored, and nobody stays only to take up room."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Any

import pytest
from tests.support.ask import bodies
from tests.support.journal import until
from tests.support.lines import Board, board

from wacket.api.parts import Parts
from wacket.doors.connection import LineConnection
from wacket.doors.tcp import TcpDoor
from wacket.errors import Unavailable

pytestmark = pytest.mark.slow
StartHub = Callable[..., AbstractAsyncContextManager[Parts]]


def door_of(hub: Parts) -> TcpDoor:
    door = hub.edges["tcp"]
    assert isinstance(door, TcpDoor)
    return door


async def greeted(hub: Parts, sender: Board, hello: bytes) -> LineConnection:
    """The door's end of a connection whose first line is stored."""
    await sender.say(hello, b"a line")
    await sender.answers_until("ok 1")
    own = sender.writer.get_extra_info("sockname")
    return next(one for one in door_of(hub).connections if one.transport.get_extra_info("peername") == own)


class Gate:
    """Stands before the journal: lets nothing through until it is opened, and refuses the first `failures` groups."""

    def __init__(self, hub: Parts, failures: int = 0) -> None:
        self.append, self.failures = hub.history.append, failures
        self.opened, self.refused = threading.Event(), 0
        hub.history.append = self  # type: ignore[method-assign, assignment]

    def __call__(self, *group: Any) -> list[int]:
        assert self.opened.wait(20)
        if self.refused < self.failures:
            self.refused += 1
            raise Unavailable("the disk is full")
        return self.append(*group)


async def test_what_was_read_is_stored_before_the_hub_ends(start_hub: StartHub) -> None:
    async with start_hub() as hub, board(hub.addresses["tcp"]) as sender, board(hub.addresses["tcp"]) as gone:
        await greeted(hub, sender, b"hello node=b1 ack=yes format=text")
        connection = await greeted(hub, gone, b"hello node=b2 ack=yes format=text")
        gate = Gate(hub, failures=1)
        await sender.say(b"before the end")
        await gone.say(b"before it went")
        await until(lambda: bool(connection.pending.pieces))
        at_once = struct.pack("ii", 1, 0)  # a reset, with which no answer can be given any more
        gone.writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, at_once)
        gone.writer.transport.abort()
        await until(lambda: connection in door_of(hub).leaving)
        gate.opened.set()
        await until(lambda: gate.refused == 1)
    async with start_hub() as hub:
        assert await bodies(hub, node="b1") == ["a line", "before the end"]
        assert await bodies(hub, node="b2") == ["a line", "before it went"]


async def test_the_rest_of_a_line_that_was_taken_as_a_whole_is_not_another_line(hub: Parts) -> None:
    async with board(hub.addresses["tcp"]) as sender, board(hub.addresses["tcp"]) as later:
        connection = await greeted(hub, sender, b"hello node=b1 ack=yes format=text")
        other = await greeted(hub, later, b"hello node=b2 ack=yes format=text")
        gate = Gate(hub)
        sender.writer.write(b"half")
        await until(lambda: connection.lines.held == 4)
        connection.finish()
        await sender.say(b" and the rest")
        heard = other.heard_at
        await later.say(b"sent after it")
        await until(lambda: other.heard_at > heard)
        gate.opened.set()
        await until(lambda: connection not in door_of(hub).connections)
    assert await bodies(hub, node="b1") == ["a line", "half"]


async def test_an_idle_connection_and_a_slow_one_are_ended(start_hub: StartHub) -> None:
    async with start_hub(**{"doors.idle_seconds": 100, "doors.slow_seconds": 10}) as hub:
        door = door_of(hub)
        async with board(hub.addresses["tcp"]) as idle, board(hub.addresses["tcp"]) as slow:
            await idle.say(b"hello node=idle ack=yes", b"a line")
            await idle.answers_until("ok 1")
            await slow.say(b"hello node=slow ack=yes", b"a line")
            slow.writer.write(b"half a li")
            await slow.answers_until("ok 1")
            while not any(connection.lines.held for connection in door.connections):
                await hub.intake.drain()
                await slow.writer.drain()
            heard = max(connection.heard_at for connection in door.connections)
            door.sweep_once(heard + 11)
            assert await slow.answer() == "ok 2"  # the half line is kept
            assert await slow.answer() == ""
            door.sweep_once(heard + 101)
            assert await idle.answer() == ""


async def test_a_line_that_trickles_in_is_slow_however_often_a_byte_comes(hub: Parts) -> None:
    async with board(hub.addresses["tcp"]) as sender:
        connection = await greeted(hub, sender, b"hello node=b1 ack=yes format=text")
        whole, patience = connection.whole_at, hub.settings.doors.slow_seconds
        for held in (1, 2):
            sender.writer.write(b"x")
            await until(lambda held=held: connection.lines.held == held)
        door_of(hub).sweep_once(whole + patience)
        assert not connection.closing
        assert connection.heard_at > whole
        door_of(hub).sweep_once(whole + patience + 0.001)
        assert await sender.answer() == "ok 2"
        assert await sender.answer() == ""


async def test_a_half_line_is_not_slow_while_the_hub_does_not_read(hub: Parts) -> None:
    async with board(hub.addresses["tcp"]) as sender:
        connection = await greeted(hub, sender, b"hello node=b1 ack=yes format=text")
        gate = Gate(hub, failures=1)
        gate.opened.set()
        sender.writer.write(b"whole\nhalf")
        await until(lambda: connection.paused and connection.lines.held == 4)
        door_of(hub).sweep_once(connection.whole_at + 1000)
        assert not connection.closing
        await sender.answers_until("ok 2")
        await sender.say(b" and the rest")
        await sender.answers_until("ok 3")
    assert await bodies(hub, node="b1") == ["a line", "whole", "half and the rest"]


async def deafened(hub: Parts, sender: Board) -> LineConnection:
    """The connection of a sender that let its answers lie, as soon as the hub has noticed."""
    connection = await greeted(hub, sender, b"hello node=b1 ack=yes format=ndjson")
    sender.writer.transport.pause_reading()  # type: ignore[attr-defined]
    for transport in (connection.transport, sender.writer.transport):
        for option in (socket.SO_SNDBUF, socket.SO_RCVBUF):
            transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, option, 4096)
    sent = 1
    while not connection.stuck:
        sender.writer.write(b"{\n" * 500)
        sent += 500
        await until(lambda sent=sent: connection.stuck or connection.pending.answered_lines >= sent)
    return connection


async def test_a_sender_that_does_not_read_its_answers_is_not_read_until_it_does(hub: Parts) -> None:
    async with board(hub.addresses["tcp"]) as sender:
        connection = await deafened(hub, sender)
        assert not connection.transport.is_reading()
        await hub.intake.drain()
        assert not connection.transport.is_reading()
        sender.writer.transport.resume_reading()  # type: ignore[attr-defined]
        await until(lambda: not connection.stuck)
        await sender.say(b"hello again")
        assert (await sender.end())[-1] == f"ok {connection.pending.answered_lines}"


async def test_a_sender_that_never_reads_its_answers_is_let_go(hub: Parts) -> None:
    door = door_of(hub)
    async with board(hub.addresses["tcp"]) as sender:
        connection = await deafened(hub, sender)
        await until(lambda: not connection.pending.pieces)
        door.sweep_once(connection.heard_at + hub.settings.doors.idle_seconds + 1)
        assert connection.transport.is_closing()
        door.sweep_once(connection.heard_at + hub.settings.doors.slow_seconds)
        assert connection in door.connections
        door.sweep_once(connection.heard_at + hub.settings.doors.slow_seconds + 1)
        await until(lambda: connection not in door.connections)
        assert door.statistics()["aborted"] == 1
