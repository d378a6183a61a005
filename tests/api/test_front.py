"""What never gets in, over real sockets: bodies that would fill the memory, pages of other sites, and whoever pretends
to be on the hub's own machine.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from tests.support.ask import ask, bodies, send

from wacket.api.front import LONGEST_BODY, Front, is_called, own_names
from wacket.api.parts import Parts
from wacket.errors import BadSettings
from wacket.settings import Doors, load

pytestmark = pytest.mark.slow
StartHub = Callable[..., AbstractAsyncContextManager[Parts]]
TEXT = "/api/v1/ingest/text?node=rig"
JSON = {"Content_Type": "application/json"}


class Upload:
    """A request whose body is sent piece by piece."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    async def piece(self, size: int) -> None:
        self._writer.write(b"%x\r\n%s\r\n" % (size, b"x" * size))
        with contextlib.suppress(ConnectionError):  # refused in the middle
            await self._writer.drain()

    async def status(self) -> int:
        return int((await asyncio.wait_for(self._reader.readline(), 10)).split()[1])

    async def end(self) -> None:
        self._writer.write(b"0\r\n\r\n")


@asynccontextmanager
async def upload(hub: Parts, path: str = TEXT, kind: str = "text/plain") -> AsyncIterator[Upload]:
    host, _, port = hub.addresses["http"].partition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: {kind}\r\nTransfer-Encoding: chunked\r\n\r\n"
    writer.write(head.encode())
    try:
        yield Upload(reader, writer)
    finally:
        writer.close()


async def until_unfinished(hub: Parts, size: int) -> None:
    async with asyncio.timeout(10):
        while hub.edges["bodies"].statistics()["unfinished_bytes"] != size:  # noqa: ASYNC110 - it is only counted
            await asyncio.sleep(0.001)


# --- bodies ---


@pytest.mark.parametrize("path", ["/api/v1/login", "/api/v1/nodes", "/api/v1/sql", "/nowhere"])
async def test_a_stranger_cannot_make_the_hub_hold_a_large_body(hub: Parts, path: str) -> None:
    async with upload(hub, path, "application/json") as sent:
        await sent.piece(LONGEST_BODY)
        await sent.piece(1)
        assert await sent.status() == 413
    status, _, _ = await send(hub, "POST", path, b"[" * (LONGEST_BODY + 1), **JSON)
    assert status == 413
    assert hub.edges["bodies"].statistics()["unfinished_bytes"] == 0


async def test_a_body_of_fair_size_comes_whole_however_it_is_sent(hub: Parts) -> None:
    async with upload(hub, "/api/v1/login", "application/json") as sent:
        for _ in range(4):
            await sent.piece(LONGEST_BODY // 4)
        await sent.end()
        assert await sent.status() == 400  # it is not JSON, which can only be known once it has been read


async def test_bodies_that_are_not_whole_share_one_room(start_hub: StartHub) -> None:
    limits = {"intake.waiting_bytes": 100_000, "intake.waiting_bytes_per_node": 20_000, "doors.body_limit": 80_000}
    async with start_hub(**limits) as hub:
        async with upload(hub) as first:
            await first.piece(70_000)
            await until_unfinished(hub, 70_000)
            async with upload(hub) as second:
                await second.piece(40_000)
                assert await second.status() == 503
            await until_unfinished(hub, 70_000)
            assert hub.edges["bodies"].statistics()["refused_for_room"] == 1
        await until_unfinished(hub, 0)  # the first left in the middle
        async with upload(hub) as third:
            await third.piece(70_000)
            await third.end()
            assert await third.status() == 200
        assert [len(body) for body in await bodies(hub, node="rig")] == [70_000]


@pytest.mark.parametrize("path", [TEXT, "/log/store", "/api/v1/login", "/hw_supervisor?user=a&command=reset"])
async def test_a_body_that_stalls_is_given_up(start_hub: StartHub, path: str) -> None:
    async with start_hub(**{"doors.slow_seconds": 0.05}) as hub, upload(hub, path, "") as sent:
        await sent.piece(10)
        assert await sent.status() == 408
        assert hub.edges["bodies"].statistics()["unfinished_bytes"] == 0
        assert hub.edges["bodies"].statistics()["stalled"] == 1


# --- pages of other sites ---


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example", "Sec_Fetch_Site": "cross-site"},
        {"Origin": "https://evil.example"},
        {"Sec_Fetch_Site": "same-site"},
        {"Origin": "null"},
    ],
)
async def test_a_page_of_another_site_cannot_send_data_through_its_visitor(hub: Parts, headers: dict[str, str]) -> None:
    paths = (TEXT, "/api/v1/ingest/nonsense", "/write", "/api/v2/write", "/log/store", "/log/parse", "/hw_supervisor")
    for path in paths:
        status, _, answer = await send(hub, "POST", path, b"one\n", Content_Type="text/plain", **headers)
        assert (status, "another site" in json.loads(answer)["error"]) == (403, True), path
    assert await bodies(hub) == []


async def test_a_page_of_the_hub_itself_may_send_data(hub: Parts) -> None:
    own = {"Origin": f"http://{hub.addresses['http']}", "Sec_Fetch_Site": "same-origin"}
    assert (await send(hub, "POST", TEXT, b"one\n", **own))[0] == 200


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_a_page_of_another_site_cannot_try_passwords_on_the_class(start_hub: StartHub, method: str) -> None:
    async with start_hub(**{"classes.accounts": True}) as hub:
        path = "/hw_supervisor?user=ada&pword=guess&command=status_query"
        assert (await send(hub, method, path, Sec_Fetch_Site="cross-site"))[0] == 403
        assert (await send(hub, method, path))[2] == b'{"login":false}'


# --- names ---


@pytest.mark.parametrize("path", [TEXT, "/api/v1/me", "/hw_supervisor?user=a&command=reset"])
async def test_a_name_that_was_made_to_mean_this_machine_is_refused(hub: Parts, path: str) -> None:
    evil = "evil.example:8080"
    status, _, answer = await send(hub, "POST", path, b"one\n", Host=evil, Origin=f"http://{evil}")
    assert status == 421
    assert "localhost" in json.loads(answer)["error"]
    assert await bodies(hub) == []


@pytest.mark.parametrize(
    ("host", "called"),
    [
        ("", True),
        ("localhost:8080", True),
        ("LOCALHOST.", True),
        ("127.0.0.1:8080", True),
        ("192.0.2.7", True),
        ("[::1]:8080", True),
        ("lab", True),
        ("lab.example.org", True),
        ("Lab.local:80", True),
        ("hub.lan:8080", True),
        ("evil.example", False),
        ("localhost.evil.example", False),
        ("127.0.0.1.evil.example", False),
        ("evil.local", False),
        ("[", False),
    ],
)
def test_what_this_machine_is_called(monkeypatch: pytest.MonkeyPatch, host: str, called: bool) -> None:
    monkeypatch.setattr("socket.gethostname", lambda: "Lab.example.org")
    assert is_called(host, own_names(Doors(http="hub.lan:8080", https="0.0.0.0:8443"))) is called


# --- proxies ---


@pytest.mark.parametrize("header", ["X_Forwarded_For", "Forwarded", "X_Real_IP", "Via"])
async def test_what_came_through_a_proxy_is_not_from_this_machine(
    start_hub: StartHub, monkeypatch: pytest.MonkeyPatch, header: str
) -> None:
    monkeypatch.setenv("FORWARDED_ALLOW_IPS", "*")
    async with start_hub() as hub:
        sent = await send(hub, "POST", "/api/v1/ingest/text", b"one\n", **{header: "127.0.0.1"})
        assert sent[0] == 200
        stranger = next(row for row in (await ask(hub, "/api/v1/nodes"))["nodes"] if row["name"] == "proxied")
        assert stranger["state"] == "pending"
        status, _, answer = await send(hub, "GET", "/api/v1/me", owner=True, **{header: "127.0.0.1"})
        assert (status, "doors.trusted_proxies" in json.loads(answer)["error"]) == (403, True)


async def test_nobody_can_choose_the_address_that_he_is_slowed_down_by(hub: Parts) -> None:
    assert (await send(hub, "POST", "/write", b"m a=1\n", X_Forwarded_For="192.0.2.9"))[0] == 204
    assert [row["name"] for row in (await ask(hub, "/api/v1/nodes"))["nodes"]] == ["hub", "proxied"]


async def test_a_proxy_that_the_owner_named_is_believed(start_hub: StartHub) -> None:
    async with start_hub(**{"doors.trusted_proxies": "127.0.0.1, 10.0.0.0/8"}) as hub:
        told = {"X_Forwarded_For": "192.0.2.9", "X_Forwarded_Proto": "https", "Host": "hub.example"}
        assert (await send(hub, "POST", "/write", b"m a=1\n", **told))[0] == 204
        assert "192.0.2.9" in [row["name"] for row in (await ask(hub, "/api/v1/nodes"))["nodes"]]
        status, _, answer = await send(hub, "GET", "/api/v1/me", **told)
        assert (status, "account" in json.loads(answer)["error"]) == (401, True)
        # Somebody here, through the proxy, has no more rights than somebody elsewhere.
        status, _, _ = await send(hub, "GET", "/api/v1/me", owner=True, **told | {"X_Forwarded_For": "127.0.0.1"})
        assert status == 401


@pytest.mark.parametrize("named", ["*", "everybody", "10.0.0.0/8, proxy.lan"])
def test_a_proxy_is_named_by_its_address(tmp_path: Path, named: str) -> None:
    with pytest.raises(BadSettings, match="trusted_proxies"):
        load(tmp_path, {}, {"doors.trusted_proxies": named})


# --- the plain port ---


@pytest.mark.parametrize(
    ("path", "peer", "scheme", "passes"),
    [
        ("/api/v1/series", "10.0.0.9", "http", False),
        ("/api/v1/series", "10.0.0.9", "https", True),
        ("/api/v1/series", "127.0.0.1", "http", True),
        ("/api/v1/live", "10.0.0.9", "ws", False),
        ("/api/v1/live", "10.0.0.9", "wss", True),
        ("/api/v1/ingest/ndjson", "10.0.0.9", "http", True),
        ("/log/store", "10.0.0.9", "http", True),
        ("/hw_supervisor", "10.0.0.9", "http", True),
        ("/api/v1/login", "10.0.0.9", "http", False),
        ("/s/7KQ2-M9XF", "10.0.0.9", "http", False),
        ("/clusters/summary", "10.0.0.9", "http", False),
    ],
)
@pytest.mark.parametrize("https", ["", "127.0.0.1:0"])
async def test_the_plain_port_is_for_devices_only(
    start_hub: StartHub, https: str, path: str, peer: str, scheme: str, passes: bool
) -> None:
    async with start_hub(**{"doors.https": https}) as hub:
        front = Front(None, {}, hub)  # type: ignore[arg-type]
        scope = {"type": "http", "path": path, "client": (peer, 1), "scheme": scheme}
        assert front.must_use_https(scope) is not passes


async def test_a_websocket_from_elsewhere_is_pointed_to_https(hub: Parts) -> None:
    said: list[dict[str, Any]] = []

    async def never() -> dict[str, Any]:
        raise AssertionError("nothing is read of it")

    async def hear(message: Any) -> None:
        said.append(message)

    front = Front(None, {}, hub)  # type: ignore[arg-type]
    scope = {"type": "websocket", "path": "/api/v1/live", "client": ("10.0.0.9", 1), "scheme": "ws", "headers": []}
    await front(scope, never, hear)
    assert (said[0]["type"], said[0]["status"]) == ("websocket.http.response.start", 403)
    assert b"--lan" in said[1]["body"]
