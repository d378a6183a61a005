"""What stands in every shell: nc and curl, as the how-to shows them."""

from __future__ import annotations

import gzip
import json

import pytest
from tests.journeys.told import program, run, until, values
from tests.support.ask import ask, bodies

from wacket.api.parts import Parts

pytestmark = pytest.mark.slow


def netcat() -> str:
    return program("nc", "netcat-openbsd")


def host_and_port(address: str) -> tuple[str, str]:
    host, _, port = address.rpartition(":")
    return host, port


async def test_lines_over_tcp(hub: Parts) -> None:
    lines = b"compressor started\ntemperature:21.4 humidity:40\nno newline at the end"
    status, out, err = await run(netcat(), "-N", *host_and_port(hub.addresses["tcp"]), given=lines)
    assert (status, out) == (0, b""), err
    # A connection without acks is closed when its lines are on disk, and nc -N waits for that.
    assert await bodies(hub, node="127.0.0.1") == ["compressor started", "no newline at the end"]
    assert await values(hub, "temperature") + await values(hub, "humidity") == [21.4, 40.0]


async def test_who_speaks_and_when_it_is_on_disk(hub: Parts) -> None:
    lines = b"hello node=shed ack=yes\ntemperature=8.5\nfan on\n"
    status, out, err = await run(netcat(), "-N", *host_and_port(hub.addresses["tcp"]), given=lines)
    assert status == 0, err
    assert out.splitlines()[-1] == b"ok 2"
    assert await values(hub, "shed/temperature") == [8.5]
    assert await bodies(hub, node="shed") == ["fan on"]


async def test_a_large_file_goes_through(hub: Parts) -> None:
    lines = b"".join(b"line %d of the file\n" % number for number in range(9999))
    given = b"hello node=big ack=yes format=text\n" + lines
    status, out, err = await run(netcat(), "-N", *host_and_port(hub.addresses["tcp"]), given=given)
    assert status == 0, err
    assert out.splitlines()[-1] == b"ok 9999"
    assert await bodies(hub, node="big") == lines.decode().splitlines()


async def test_a_datagram(hub: Parts) -> None:
    given = b"temperature:21.4\nit rains\n"
    status, _, err = await run(netcat(), "-u", "-q", "0", *host_and_port(hub.addresses["udp"]), given=given)
    assert status == 0, err
    assert await until(lambda: bodies(hub), bool) == ["it rains"]
    assert await values(hub, "temperature") == [21.4]
    assert (await ask(hub, "/api/v1/health"))["statistics"]["udp"]["datagrams"] == 1


async def test_curl_posts_lines_and_files(hub: Parts) -> None:
    curl, base = program("curl", "curl"), f"http://{hub.addresses['http']}"
    post = (curl, "-fsS", "--data-binary", "@-")
    status, out, err = await run(*post, f"{base}/api/v1/ingest/auto?node=shed", given=b"temperature:21.4\nfan on\n")
    assert status == 0, err
    assert json.loads(out) == {"stored": 2, "rejected": 0, "errors": []}
    packed = gzip.compress(b"temperature:21.5\n")
    keyed = (*post, "-H", "Content-Encoding: gzip", "-H", "Idempotency-Key: shed-1")
    for _ in range(2):
        status, _, err = await run(*keyed, f"{base}/api/v1/ingest/auto?node=shed", given=packed)
        assert status == 0, err
    assert await values(hub, "shed/temperature") == [21.4, 21.5]
    assert await bodies(hub, node="shed") == ["fan on"]


async def test_curls_exit_status_tells_that_nothing_was_stored(hub: Parts) -> None:
    curl, url = program("curl", "curl"), f"http://{hub.addresses['http']}/api/v1/ingest/influx"
    status, _, err = await run(curl, "-fsS", "--data-binary", "@-", url, given=b"no fields\n")
    assert status == 22, err
    assert b"400" in err


async def test_a_large_file_by_curl_is_asked_for_first(hub: Parts) -> None:
    """Over a megabyte curl waits for `100 Continue` before it sends."""
    curl, url = program("curl", "curl"), f"http://{hub.addresses['http']}/api/v1/ingest/text?node=big"
    given = b"a line of a large file\n" * 60_000
    status, out, err = await run(curl, "-fsS", "-H", "Expect: 100-continue", "--data-binary", "@-", url, given=given)
    assert status == 0, err
    assert json.loads(out)["stored"] == 60_000
