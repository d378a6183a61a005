"""The agent's one file has the same bytes each time; the pasted line has nothing that a shell would obey."""

from __future__ import annotations

import hashlib
import io
import shutil
import subprocess
import sys
import threading
import zipfile
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support.pythons import pythons

from wacket import agentfile

TOKEN = "wjt_" + "aB3_-" * 14
SHELLS = [shell for shell in ("dash", "bash") if shutil.which(shell)]
SCRIPT = Path(agentfile.__file__).parent / "api" / "agent_install.sh"
ECHO = 'import sys\nprint("joins", sys.argv[1:], sys.stdin.readline().strip())\n'


@pytest.fixture(scope="module")
def stub(tmp_path_factory):
    """A program that says how it was called, packed as the agent is."""
    package = tmp_path_factory.mktemp("stub")
    (package / "__init__.py").write_text("")
    (package / "__main__.py").write_text(ECHO)
    return agentfile.pack(package)


class Served:
    def __init__(self, content):
        served = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                found = served.content if self.path == "/agent/wacket-agent.pyz" else None
                self.send_response(200 if found else 404)
                self.end_headers()
                self.wfile.write(found or b"")

            def log_message(self, *_):
                pass

        self.content = content
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"


@pytest.fixture
def served(stub):
    serving = Served(stub)
    thread = threading.Thread(target=serving.server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield serving
    serving.server.shutdown()
    serving.server.server_close()
    thread.join()


def run(command, folder, given=""):
    (folder / "home").mkdir(exist_ok=True)
    environment = {"PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin", "TMPDIR": str(folder / "home")}
    done = subprocess.run(
        command,
        input=given,
        capture_output=True,
        text=True,
        env=environment,
        timeout=30,
        start_new_session=True,  # without a terminal, so that nobody can be asked
        check=False,
    )
    assert list((folder / "home").iterdir()) == [], "something was left behind"
    return done


def test_the_same_source_gives_the_same_bytes(tmp_path):
    for name, order in (("one", 1), ("other", -1)):
        (tmp_path / name / "inner").mkdir(parents=True)
        for file in ("__init__.py", "b.py", "inner/a.py")[::order]:
            (tmp_path / name / file).write_text(f"# {file}\n")
    (tmp_path / "other" / "__pycache__").mkdir()
    (tmp_path / "other" / "__pycache__" / "b.cpython-311.pyc").write_bytes(b"x")
    (tmp_path / "other" / "b.py").touch()
    assert agentfile.pack(tmp_path / "one") == agentfile.pack(tmp_path / "other")


def test_everything_of_the_package_is_in_it():
    with zipfile.ZipFile(io.BytesIO(agentfile.build())) as archive:
        names = archive.namelist()
        assert archive.testzip() is None
    modules = {path.relative_to(agentfile.source().parent).as_posix() for path in agentfile.source().rglob("*.py")}
    assert set(names) == {"__main__.py"} | modules
    assert agentfile.sha256() == hashlib.sha256(agentfile.build()).hexdigest()
    assert agentfile.build().startswith(b"#!/usr/bin/env python3\n")


@pytest.mark.slow
def test_an_old_python_says_what_is_the_matter(stub, tmp_path):
    main = zipfile.ZipFile(io.BytesIO(stub)).read("__main__.py").decode()
    assert "sys.version_info < (3, 8)" in main.partition("import runpy")[0]
    (tmp_path / "stub.pyz").write_bytes(stub)
    for version, program in pythons().items():
        done = run([program, str(tmp_path / "stub.pyz"), "x"], tmp_path)
        assert (done.returncode == 0) == (version >= (3, 8)), done.stderr
        assert version >= (3, 8) or "needs Python 3.8" in done.stderr


@pytest.mark.slow
@pytest.mark.parametrize("shell", SHELLS)
def test_the_pasted_line_fetches_checks_and_joins(served, stub, tmp_path, shell):
    line = agentfile.paste_line(served.url, TOKEN, hashlib.sha256(stub).hexdigest())
    done = run([shell, "-c", line], tmp_path)
    assert done.stdout == f"joins ['join', '{served.url}'] {TOKEN}\n", done.stderr
    assert done.returncode == 0


FAKE = """#!/bin/sh
[ "$1 $2" = "-q --no-check-certificate" ] && exec {curl} -fsSk -o "$4" "$5"
[ "$1 $2" = "-a 256" ] && shift 2 && exec {sum} "$@"
exit 9
"""


@pytest.mark.slow
@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize(("missing", "instead"), [("curl", "wget"), ("sha256sum", "shasum")])
def test_the_pasted_line_takes_what_the_machine_has(served, stub, tmp_path, monkeypatch, shell, missing, instead):
    tools = {name: shutil.which(name) for name in ("sh", shell, "mktemp", "rm", "cat", "curl", "sha256sum", "python3")}
    folder = tmp_path / "bin"
    folder.mkdir()
    for name, path in tools.items():
        if name != missing:
            (folder / name).symlink_to(path)
    (folder / instead).write_text(FAKE.format(curl=tools["curl"], sum=tools["sha256sum"]))
    (folder / instead).chmod(0o755)
    monkeypatch.setenv("PATH", str(folder))
    line = agentfile.paste_line(served.url, TOKEN, hashlib.sha256(stub).hexdigest())
    done = run([shell, "-c", line], tmp_path)
    assert done.stdout == f"joins ['join', '{served.url}'] {TOKEN}\n", done.stderr
    served.content = stub + b"x"
    assert "joins" not in run([shell, "-c", line], tmp_path).stdout


@pytest.mark.slow
@pytest.mark.parametrize("shell", SHELLS)
def test_the_pasted_line_runs_nothing_else(served, stub, tmp_path, shell):
    line = agentfile.paste_line(served.url, TOKEN, hashlib.sha256(stub).hexdigest())
    served.content = stub + b"x"
    done = run([shell, "-c", line], tmp_path)
    assert done.returncode != 0
    assert "joins" not in done.stdout
    served.content = None
    assert run([shell, "-c", line], tmp_path).returncode != 0


GOOD = {"hub_url": "http://pi.local:8080", "token": TOKEN, "checksum": "0" * 64}


@pytest.mark.parametrize("hub", ["http://h", "https://192.168.1.10:8443", "http://[fe80::1]:8080", "http://a-b.c:1"])
def test_addresses_that_a_hub_has_are_taken(hub):
    line = agentfile.paste_line(**{**GOOD, "hub_url": hub})
    assert line.count(hub) == 2


BAD = [
    {"hub_url": value}
    for value in (
        "http://h/x",
        "http://h;reboot",
        "http://$(x)",
        "ftp://h",
        "http://-o",
        "http://h:8080 -o/x",
        "http://h\n",
    )
]
BAD += [{"token": value} for value in ("wjt_", "wjt_" + "a" * 20 + "'", "wkt_" + "a" * 40, TOKEN + "\n", TOKEN + ";x")]
BAD += [{"checksum": value} for value in ("", "0" * 63, "A" * 64, "0" * 64 + "\n", "$" * 64)]


@pytest.mark.parametrize("bad", BAD, ids=str)
def test_what_could_mean_something_to_a_shell_is_refused(bad):
    with pytest.raises(ValueError, match="in a line for a shell"):
        agentfile.paste_line(**{**GOOD, **bad})


@pytest.mark.slow
@given(st.sampled_from(sorted(GOOD)), st.text(max_size=80))
def test_any_text_is_refused_or_harmless(name, text):
    try:
        line = agentfile.paste_line(**{**GOOD, name: text})
    except ValueError:
        return
    assert not set(text) & set(" \t\n'\"`$;&|<>()*?!#~\\{}")
    assert line.count(text) >= 1


@pytest.mark.slow
@pytest.mark.parametrize("shell", SHELLS)
def test_the_script_checks_and_joins(served, stub, tmp_path, shell):
    checksum = hashlib.sha256(stub).hexdigest()
    done = run([shell, str(SCRIPT), served.url + "/", checksum], tmp_path, TOKEN + "\n")
    assert (done.returncode, done.stdout) == (0, f"joins ['join', '{served.url}'] {TOKEN}\n"), done.stderr


@pytest.mark.slow
@pytest.mark.parametrize("shell", SHELLS)
def test_the_script_runs_nothing_that_nobody_vouched_for(served, stub, tmp_path, shell):
    wrong = run([shell, str(SCRIPT), served.url, "0" * 64], tmp_path, TOKEN)
    assert (wrong.returncode, wrong.stdout) == (1, "")
    assert "not the hub's agent" in wrong.stderr
    unasked = run([shell, str(SCRIPT), served.url], tmp_path, "y\n" + TOKEN)
    assert (unasked.returncode, unasked.stdout) == (1, "")
    assert hashlib.sha256(stub).hexdigest() in unasked.stderr
    served.content = None
    gone = run([shell, str(SCRIPT), served.url, "0" * 64], tmp_path, TOKEN)
    assert "does not answer" in gone.stderr


@pytest.mark.parametrize("arguments", [[], ["h:8080"], ["http://h", "x", "y"], ["$(touch x)"]])
def test_the_script_says_how_it_is_used(tmp_path, arguments):
    done = run(["sh", str(SCRIPT), *arguments], tmp_path)
    assert done.returncode == 1
    assert done.stderr.startswith("install.sh: ")
