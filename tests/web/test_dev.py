"""make dev: one address for the page from its sources and for the hub behind it, and one Ctrl-C that ends all."""

from __future__ import annotations

import http.client
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from benchmarks.harness import wait_until
from tests.support.webpage import ROOT, need_tools
from websockets.sync.client import connect

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]
JSON = {"Content-Type": "application/json", "Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def dev(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    need_tools()
    words = [sys.executable, ROOT / "scripts" / "dev.py", "--http", "127.0.0.1:0", "--tcp", "127.0.0.1:0"]
    process = subprocess.Popen(
        words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=os.environ | {"TMPDIR": str(tmp_path)}
    )
    watchdog = threading.Timer(200, process.kill)
    watchdog.start()
    yield process
    process.kill()
    process.communicate()
    watchdog.cancel()


def ask(address: str, method: str, path: str, body: object = None, **headers: str) -> tuple[int, str, str]:
    """Status, cookie and text; 0 while nobody answers."""
    connection = http.client.HTTPConnection(address, timeout=20)
    try:
        connection.request(method, path, json.dumps(body) if body else None, headers)
        answer = connection.getresponse()
        return answer.status, answer.headers.get("Set-Cookie", "").partition(";")[0], answer.read().decode()
    except ConnectionError:
        return 0, "", ""
    finally:
        connection.close()


def test_page_hub_and_live_connection_are_at_one_address_and_end_together(dev: subprocess.Popen[str]) -> None:
    word, link = dev.stdout.readline().split()
    address, code = link.partition("?")[0].removeprefix("http://").split("/s/")
    assert word == "open"
    wait_until(lambda: ask(address, "GET", f"/s/{code}", Accept="text/html")[0] == 200, "the page's server is up", 120)
    assert "/src/main.tsx" in ask(address, "GET", f"/s/{code}", Accept="text/html")[2]
    status, cookie, said = ask(address, "POST", "/api/v1/setup", {"code": code}, **JSON)
    assert (status, json.loads(said)["name"]) == (200, "demo")
    with connect(
        f"ws://{address}/api/v1/live", origin=f"http://{address}", additional_headers={"Cookie": cookie}
    ) as live:
        live.send('{"readings": ["*"]}')
        assert next(said for said in live if "readings" in said)
    begun = psutil.Process(dev.pid).children(recursive=True)
    assert len(begun) > 2
    dev.send_signal(signal.SIGINT)
    out, _ = dev.communicate(timeout=60)
    assert dev.returncode == 0 and "Traceback" not in out, out[-4000:]
    wait_until(lambda: not any(process.is_running() for process in begun), "all of it has ended", 30)
