"""Telegraf's two outputs, byte for byte as they write to the socket: chunked gzip, its headers, its first question."""

from __future__ import annotations

import asyncio
import base64
import gzip
import json
from collections.abc import Sequence

import pytest
from tests.journeys.told import points, values
from tests.support.ask import ask, bodies

from wacket.api.parts import Parts

pytestmark = pytest.mark.slow

AT = 1_795_248_000_000_000_000
METRICS = (
    b"cpu,cpu=cpu-total,host=bench usage_user=1.25,usage_system=0.5,usage_idle=98.25 %(at)d\n"
    b"mem,host=bench total=8589934592i,free=123456789i,used_percent=41.5 %(at)d\n"
    b"disk,device=sda1,fstype=ext4,host=bench,mode=rw,path=/srv/my\\ data free=1i,used=2i %(at)d\n"
    b'system,host=bench uptime_format="12 days,  3:04" %(at)d\n'
    b"systemd_units,active=active,host=bench,name=ssh.service ok=true,load_code=0i %(at)d\n"
    b'syslog,appname=sshd,host=bench,severity=err message="auth failure; \\"root\\"",severity_code=3i %(at)d\n'
) % {b"at": AT}
AGENT = "Telegraf/1.36.3 Go/1.25.1"


async def exchange(hub: Parts, *requests: bytes) -> list[tuple[int, bytes]]:
    """Send requests one after the other over one connection; status and body of each answer."""
    host, _, port = hub.addresses["http"].partition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    answers = []
    try:
        for request in requests:
            writer.write(request)
            head = (await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 10)).decode().lower()
            length = next((line for line in head.split("\r\n") if line.startswith("content-length:")), ":0")
            body = await asyncio.wait_for(reader.readexactly(int(length.partition(":")[2])), 10)
            answers.append((int(head.split()[1]), body))
    finally:
        writer.close()
    return answers


def request(hub: Parts, path: str, headers: Sequence[str], body: bytes, chunks: int) -> bytes:
    """As Go's client writes it: headers in this order, and a body of unknown length in chunks."""
    lines = [f"POST {path} HTTP/1.1", f"Host: {hub.addresses['http']}", f"User-Agent: {AGENT}"]
    if not chunks:
        lines.append(f"Content-Length: {len(body)}")
        return "\r\n".join([*lines, *headers, "Accept-Encoding: gzip", "", ""]).encode() + body
    lines.append("Transfer-Encoding: chunked")
    size = -(-len(body) // chunks)
    parts = [body[start : start + size] for start in range(0, len(body), size)]
    framed = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"
    return "\r\n".join([*lines, *headers, "Accept-Encoding: gzip", "", ""]).encode() + framed


def version_1(hub: Parts, body: bytes, *more: str) -> list[bytes]:
    form = b"q=CREATE+DATABASE+%22telegraf%22"
    text = ("Content-Encoding: gzip", "Content-Type: text/plain; charset=utf-8")
    return [
        request(hub, "/query", (*more, "Content-Type: application/x-www-form-urlencoded"), form, 0),
        request(hub, "/write?db=telegraf", (*more, *text), gzip.compress(body), 3),
    ]


def version_2(hub: Parts, body: bytes, token: str = "") -> bytes:
    text = ("Content-Encoding: gzip", "Content-Type: text/plain; charset=utf-8")
    path = "/api/v2/write?bucket=lab&org=lab"
    return request(hub, path, (f"Authorization: Token {token}", *text), gzip.compress(body), 1)


async def everything_is_there(hub: Parts) -> None:
    at = AT // 1000
    assert await points(hub, "cpu.usage_idle") == [[at, 98.25]]
    assert await values(hub, "mem.total") + await values(hub, "mem.used_percent") == [8589934592.0, 41.5]
    assert await values(hub, "systemd_units.ok") == [1.0]
    (disk,) = (await ask(hub, "/api/v1/series", match="disk.used"))["series"]
    assert disk["labels"]["path"] == "/srv/my data"
    assert await bodies(hub, source="syslog") == ['auth failure; "root"']
    (line,) = (await ask(hub, "/api/v1/logs", source="syslog"))["logs"]
    assert line["severity_text"] == "ERROR"
    assert [body for body in await bodies(hub, source="system") if "12 days,  3:04" in body]


async def test_the_output_for_version_1_on_the_hubs_own_machine(hub: Parts) -> None:
    (created, told), (written, nothing) = await exchange(hub, *version_1(hub, METRICS))
    assert (created, json.loads(told)) == (200, {"results": [{"statement_id": 0}]})
    assert (written, nothing) == (204, b"")
    await everything_is_there(hub)


async def test_the_output_for_version_1_with_a_token_as_the_password(hub: Parts) -> None:
    _, secret = await hub.tokens.create("telegraf", ["ingest"], node="bench")
    basic = "Authorization: Basic " + base64.b64encode(f"telegraf:{secret}".encode()).decode()
    answers = await exchange(hub, *version_1(hub, METRICS, basic))
    assert [status for status, _ in answers] == [200, 204]
    assert await values(hub, "bench/cpu.usage_idle") == [98.25]


@pytest.mark.parametrize("with_token", [False, True])
async def test_the_output_for_version_2(hub: Parts, with_token: bool) -> None:
    secret = (await hub.tokens.create("telegraf", ["ingest"]))[1] if with_token else ""
    assert await exchange(hub, version_2(hub, METRICS, secret)) == [(204, b"")]
    await everything_is_there(hub)
    assert {one["node"] for one in (await ask(hub, "/api/v1/series"))["series"]} == {
        "telegraf" if with_token else "127.0.0.1"
    }


async def test_what_it_sends_again_is_not_stored_again(hub: Parts) -> None:
    """It keeps a batch until it hears 204, and sends it again when the answer got lost."""
    again = version_2(hub, METRICS)
    assert [status for status, _ in await exchange(hub, again, again)] == [204, 204]
    assert [status for status, _ in await exchange(hub, *version_1(hub, METRICS))] == [200, 204]
    await everything_is_there(hub)


async def test_a_metric_that_cannot_be_read_is_told_as_a_partial_write(hub: Parts) -> None:
    """Both outputs then drop the batch instead of sending it for ever, and the good lines are stored."""
    bad = b"broken,host=bench %d\n" % AT
    (status, told), (status_2, told_2) = await exchange(
        hub, version_1(hub, METRICS + bad)[1], version_2(hub, bad + METRICS)
    )
    assert (status, status_2) == (400, 400)
    assert "partial write" in json.loads(told)["error"]
    assert json.loads(told_2)["code"] == "invalid"
    assert await values(hub, "cpu.usage_idle") == [98.25, 98.25]
