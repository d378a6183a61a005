"""Containers, asked of a real Unix socket that answers as Docker does."""

from __future__ import annotations

import json
import os
import socketserver
import tempfile
import threading
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from wacket_agent import collectors
from wacket_agent.collecting import collected
from wacket_agent.collectors import containers
from wacket_agent.collectors._context import Context

WEB, JOB = "a" * 64, "b" * 64


class Docker:
    """What the service answers; `uses` are nanoseconds of processor time by container."""

    def __init__(self):
        self.list = [
            {"Id": WEB, "Names": ["/web"], "State": "running"},
            {"Id": JOB, "Names": ["/job x,y=1\n"], "State": "exited"},
        ]
        self.uses = {WEB: 10**9, JOB: 0}
        self.status = 200
        self.gone = False
        self.paths = []

    def answer(self, path):
        self.paths.append(path)
        if path.startswith("/containers/json"):
            return self.list
        memory = {"usage": 3000, "limit": 9000, "stats": {"inactive_file": 1000}}
        return {"cpu_stats": {"cpu_usage": {"total_usage": self.uses[path.split("/")[2]]}}, "memory_stats": memory}


@pytest.fixture
def docker():
    service = Docker()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            body = json.dumps(service.answer(self.path)).encode()
            self.send_response(404 if "stats" in self.path and service.gone else service.status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def address_string(self):
            return "unix"

        def log_message(self, *_):
            pass

    # The name of a Unix socket may have 107 bytes only; a folder of a test is easily longer.
    with tempfile.TemporaryDirectory() as folder:
        service.path = str(Path(folder) / "docker.sock")
        with socketserver.ThreadingUnixStreamServer(service.path, Handler) as server:
            server.daemon_threads = True
            thread = threading.Thread(target=server.serve_forever, args=(0.01,))
            thread.start()
            yield service
            server.shutdown()
            thread.join()


@pytest.fixture
def here(rig, docker):
    rig.machine = rig.machine._replace(root="")
    rig.options = {"socket": docker.path}
    return rig


def test_state_processor_and_memory(here, docker):
    here.ask("containers", here.options)
    docker.uses[WEB] += 5 * 10**9
    here.now += 10
    told = [one for one in here.ask("containers", here.options) if one.name == "container"]
    fields = {(one.tags["name"], name): value for one in told for name, value in one.fields.items()}
    assert fields == {
        ("web", "cpu_percent"): 50.0,
        ("web", "memory_bytes"): 2000,
        ("web", "memory_limit_bytes"): 9000,
        ("web", "running"): True,
        ("job x,y=1\n", "running"): False,
    }
    assert all("one-shot=true" in path for path in docker.paths if "stats" in path)


def test_counts_and_changes(here, docker):
    first = here.ask("containers", here.options)[0]
    assert first.fields == {"total": 2, "running": 1}
    docker.list[0] |= {"State": "exited", "Status": "Exited (137) 2 seconds ago"}
    del docker.list[1]
    assert here.logs("containers", here.options) == [
        ("info", "container job x,y=1\n is removed, was exited"),
        ("warn", "container web is exited with code 137, was running"),
    ]
    assert here.logs("containers", here.options) == []


@pytest.mark.parametrize(
    ("state", "status", "level", "condition"),
    [
        ("exited", "Exited (0) 5 minutes ago", "info", "exited with code 0"),
        ("running", "Up 5 minutes (unhealthy)", "warn", "running but unhealthy"),
        ("restarting", "Restarting (1) 3 seconds ago", "warn", "restarting"),
        ("paused", "Up 5 minutes (Paused)", "info", "paused"),
    ],
)
def test_what_becomes_of_a_container(here, docker, state, status, level, condition):
    docker.list[0]["Status"] = "Up 4 minutes (healthy)"
    assert here.logs("containers", here.options) == []
    docker.list[0] |= {"State": state, "Status": status}
    assert here.logs("containers", here.options) == [(level, f"container web is {condition}, was running")]


def test_new_names_without_end_are_counted_and_no_series(here, docker, monkeypatch):
    monkeypatch.setattr(containers, "MOST_NAMES", 3)
    names = set()
    for turn in range(5):
        docker.list = [{"Id": WEB, "Names": [f"/run-{turn}"], "State": "running"}]
        told = here.ask("containers", here.options)
        assert told[0].fields["total"] == 1
        names |= {one.tags["name"] for one in told if getattr(one, "tags", {})}
    assert names == {"run-0", "run-1", "run-2"}


def test_a_container_that_ended_between_two_questions_is_no_failure(here, docker):
    docker.gone = True
    assert here.points("containers", here.options) == {
        ("containers",): {"total": 2, "running": 1},
        ("container", "web"): {"running": True},
        ("container", "job x,y=1\n"): {"running": False},
    }


def test_a_service_that_refuses_is_a_failure(here, docker):
    docker.status = 500
    with pytest.raises(OSError, match="status 500"):
        here.ask("containers", here.options)


def test_a_socket_that_the_account_may_not_use_is_absent(here, docker, monkeypatch):
    monkeypatch.setattr(os, "access", lambda path, mode: mode == os.F_OK)
    collector, context = collectors.find("containers"), Context(here.machine, here.options)
    told = [collected(collector, context, here.options, 1) for _ in range(2)]
    assert [type(one.problem) for one in told] == [containers.Forbidden, containers.Forbidden]
    assert [b"may not use" in one.logs for one in told] == [True, False], "it is told once"
