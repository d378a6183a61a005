"""Addresses: one socket for each family, the same port for both, and a plain sentence where an address is taken."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Iterator
from contextlib import AbstractAsyncContextManager, closing

import pytest
from tests.support.ask import ask

from wacket.api.parts import Parts
from wacket.doors.listening import bound
from wacket.errors import BadSettings

StartHub = Callable[..., AbstractAsyncContextManager[Parts]]


@pytest.fixture
def ipv6() -> Iterator[None]:
    try:
        with socket.socket(socket.AF_INET6) as attempt:
            attempt.bind(("::1", 0))
    except OSError:
        pytest.skip("this machine has no IPv6")
    yield


def test_an_address_gives_one_socket() -> None:
    (one,) = bound("127.0.0.1:0")
    with closing(one):
        assert one.getsockname()[0] == "127.0.0.1"


def test_an_address_that_is_taken_is_told_in_words() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        with pytest.raises(BadSettings, match=f"cannot listen on {address}: Address already in use"):
            bound(address)


def test_without_ipv6_every_address_is_every_ipv4_address(monkeypatch: pytest.MonkeyPatch) -> None:
    real = socket.socket

    def made(family: int, *more: int) -> socket.socket:
        if family == socket.AF_INET6:
            raise OSError(97, "Address family not supported by protocol")
        return real(family, *more)

    monkeypatch.setattr("wacket.doors.listening.socket.socket", made)
    (one,) = bound("*:0")
    with closing(one):
        assert one.getsockname()[0] == "0.0.0.0"


@pytest.mark.slow
async def test_every_address_is_reached_over_both_families_and_senders_keep_their_names(
    ipv6: None, start_hub: StartHub
) -> None:
    doors = {f"doors.{name}": "*:0" for name in ("http", "tcp", "udp")}
    async with start_hub(**doors) as hub:
        port = int(hub.addresses["tcp"].rpartition(":")[2])
        for host in ("127.0.0.1", "::1"):
            reader, writer = await asyncio.open_connection(host, port)
            writer.write(b"hello ack=yes\ntemp:1\n")
            assert await reader.readline() == b"ok 1\n"
            writer.close()
        assert {one["node"] for one in (await ask(hub, "/api/v1/series"))["series"]} == {"127.0.0.1", "::1"}
