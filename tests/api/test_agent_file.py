"""What the hub serves to machines that want to join is the same for everybody, whatever they send."""

from __future__ import annotations

import hashlib

import pytest
from tests.support.ask import send

from wacket import agentfile

pytestmark = pytest.mark.slow
PATHS = ("/agent/wacket-agent.pyz", "/agent/wacket-agent.pyz.sha256", "/agent/install.sh")


async def test_the_file_and_its_checksum_fit(hub):
    status, headers, program = await send(hub, "GET", PATHS[0])
    assert status == 200
    assert headers["content-type"] == "application/zip"
    assert program == agentfile.build()
    _, headers, line = await send(hub, "GET", PATHS[1])
    assert line.decode() == f"{hashlib.sha256(program).hexdigest()}  wacket-agent.pyz\n"
    assert headers["content-type"].startswith("text/plain")


async def test_the_script_is_a_script(hub):
    status, headers, script = await send(hub, "GET", PATHS[2])
    assert status == 200
    assert script.startswith(b"#!/bin/sh\n")
    assert headers["content-type"].startswith("text/plain")
    assert headers["x-content-type-options"] == "nosniff"


HOSTILE = ["localhost';reboot;'", "localhost$(reboot)", "evil.example", 'localhost"`x`', "127.0.0.1:80@evil.example"]


@pytest.mark.parametrize("path", PATHS)
async def test_nothing_of_a_request_gets_into_an_answer(hub, path):
    _, _, plain = await send(hub, "GET", path)
    for text in HOSTILE:
        status, _, body = await send(hub, "GET", path, host=text)
        assert (status, body) == (200, plain) or status == 421, text
        sent = {"x_forwarded_host": text, "x_forwarded_proto": text, "referer": text, "user_agent": text}
        _, _, body = await send(hub, "GET", f"{path}?hub={'%27%3Breboot'}&host=evil", **sent)
        assert b"evil" not in body.replace(plain, b"")
        assert b"reboot" not in body.replace(plain, b"")
