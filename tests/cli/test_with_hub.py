"""The commands against a real hub: one process, real sockets, real files."""

import contextlib
import gzip
import json
import os
import socket
import subprocess
import sys
from pathlib import Path
from random import Random

import psutil
import pytest

from wacket.cli.support.crash import torture
from wacket.cli.support.errors import Failed
from wacket.cli.support.process import HubProcess
from wacket.settings import split_address

pytestmark = pytest.mark.slow
DOORS = {"http": "127.0.0.1:0", "tcp": "127.0.0.1:0", "udp": ""}


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """The folder of a running hub that has taken four lines over TCP, the last one not understood."""
    folder = tmp_path_factory.mktemp("hub")
    with HubProcess(folder, DOORS) as process:
        with socket.create_connection(split_address(process.addresses["tcp"]), 10) as link:
            link.sendall(b"hello node=bench ack=yes\ntemp:20.5 hum:40\ntemp:21.5\nWARN door \x1b[31mopen\n")
            answer = b""
            while b"ok 3" not in answer:
                answer += link.recv(4096)
        yield folder


@pytest.fixture
def run(home):
    def run(*words, code=0, **more):
        environment = {name: value for name, value in os.environ.items() if not name.startswith("WACKET_")}
        ran = subprocess.run(
            [sys.executable, "-m", "wacket", *words, "--data", str(home)],
            capture_output=True,
            text=True,
            env=environment,
            timeout=60,
            check=False,
            **more,
        )
        assert ran.returncode == code, ran.stderr
        return ran

    return run


def test_the_owner_needs_no_login_and_sees_the_guarantee(run):
    status = json.loads(run("status", "--json").stdout)
    assert status["status"] == "ok" and status["history"] and status["statistics"]
    assert "nothing is wrong" in run("doctor").stderr


def test_series_are_listed_read_plotted_and_exported(run, tmp_path):
    listed = json.loads(run("series", "ls", "bench/*", "--json").stdout)
    assert {(one["name"], one["value"]) for one in listed} == {("temp", 21.5), ("hum", 40.0)}
    rows = run("series", "get", "bench/temp", "--csv").stdout.splitlines()
    assert [row.split(",")[-1] for row in rows] == ["value", "20.5", "21.5"]
    assert "min 20.5   max 21.5" in run("series", "plot", "bench/temp").stdout
    exported = run("export", "readings", "--match", "bench/*").stdout.splitlines()
    assert sorted(json.loads(row)["value"] for row in exported) == [20.5, 21.5, 40.0]
    run("export", "readings", "-o", str(tmp_path / "a.parquet"))
    assert (tmp_path / "a.parquet").read_bytes()[:4] == b"PAR1"


def test_logs_are_searched_and_cannot_colour_the_terminal(run):
    found = run("log", "search", "door", "--node", "bench").stdout
    assert "bench" in found and r"door \x1b[31mopen" in found and "\x1b" not in found
    assert run("log", "search", "nothing-like-this").stdout == ""
    assert run("log", "search", "door", "--target", "ben*").stdout == found
    tailed = run("log", "tail", "--for", "0.1", "--node", "bench").stdout
    assert r"door \x1b[31mopen" in tailed


def test_sql_counts_what_is_there_and_a_bad_question_is_told(run):
    assert run("sql", "select count(*) from readings where value = 21.5").stdout.strip() == "1"
    assert "Traceback" not in run("sql", "selct 1", code=1).stderr


def test_pushing_a_file_twice_stores_it_once(run, tmp_path):
    path = tmp_path / "power.txt.gz"
    path.write_bytes(gzip.compress(b"".join(b"power %d %d\n" % (n, 1_700_000_000 + n) for n in range(500))))
    for _ in range(2):
        assert run("push", "--file", str(path), "--node", "pushed").stdout == "500 lines stored, 0 rejected\n"
    asked = "select count(*), epoch_us(min(time)), max(value) from readings where epoch_us(time) < 1700001000000000"
    assert run("sql", "--csv", asked).stdout.splitlines()[1] == "500,1700000000000000,499.0"


def test_lines_that_are_not_understood_are_named_and_kept(run, tmp_path):
    path = tmp_path / "rows.ndjson"
    path.write_text('{"temp": 1}\n{"temp": \n{"temp": 3}\n')
    ran = run("push", "--file", str(path), "--format", "ndjson", "--node", "rows", code=3)
    assert ran.stdout == "2 lines stored, 1 rejected\n" and "line 2: " in ran.stderr
    assert "rows" in run("log", "search", "--rejects").stdout


def test_tokens_people_and_nodes_can_be_made_seen_and_ended(run):
    secret = run("token", "create", "reader", "--scope", "read").stdout.strip()
    token = json.loads(run("token", "ls", "--json").stdout)[0]
    assert token["name"] == "reader" and secret.startswith("wkt_")
    assert "reader" in run("token", "ls").stdout
    assert run("status", "--token", secret).returncode == 0
    run("sql", "select 1", "--token", secret, code=4)
    run("token", "revoke", str(token["id"]))
    run("status", "--token", secret, code=4)
    run("people", "add", "ada", "--role", "operator", input="a long enough passphrase\n")
    assert [words[:2] for words in map(str.split, run("people", "ls").stdout.splitlines())] == [["ada", "operator"]]
    run("people", "role", "ada", "viewer")
    run("people", "remove", "ada")
    assert "ada" not in run("people", "ls").stdout
    run("node", "rename", "bench", "bench-1")
    assert json.loads(run("node", "show", "bench-1", "--json").stdout)["state"] == "adopted"
    run("node", "rename", "bench-1", "bench")
    assert "/s/" in run("setup-link").stdout


def test_a_stranger_without_the_key_is_refused_and_told_what_to_show(home):
    url = "http://" + json.loads((home / "hub.json").read_text())["http"]
    ran = subprocess.run(
        [sys.executable, "-m", "wacket", "series", "ls", "--hub", url], capture_output=True, text=True, check=False
    )
    assert ran.returncode == 4 and "WACKET_TOKEN" in ran.stderr


def test_a_second_hub_on_the_same_folder_is_refused_in_words(home):
    ran = subprocess.run(
        [sys.executable, "-m", "wacket", "up", "--data", str(home), "--http", "127.0.0.1:0"],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert ran.returncode == 1 and "another hub" in ran.stderr and "Traceback" not in ran.stderr


def test_a_hub_ends_in_order_and_doctor_can_look_at_its_folder(tmp_path):
    with HubProcess(tmp_path / "home", DOORS) as process:
        assert process.alive and (process.folder / "hub.json").exists()
    assert not (process.folder / "hub.json").exists()
    ran = subprocess.run(
        [sys.executable, "-m", "wacket", "doctor", "--data", str(process.folder)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0 and "not running" in ran.stderr


def test_a_hub_that_cannot_start_is_told_in_its_own_words(tmp_path):
    (tmp_path / "wacket.toml").write_text("[doors]\nhtp = 1\n")
    with pytest.raises(Exception, match="htp"):
        HubProcess(tmp_path, DOORS).start()


def test_a_hub_that_is_killed_again_and_again_keeps_every_acknowledged_line_once(tmp_path):
    verdict = torture(tmp_path, 2, Random(7), lambda _: None, lambda _: None)
    assert verdict.acknowledged > 0
    assert (verdict.missing, verdict.doubled, verdict.damage) == (0, 0, ())


def test_the_crash_test_would_notice_a_line_that_is_gone_or_twice_there(monkeypatch, tmp_path):
    """The count itself, on a store that is wrong on purpose."""
    from wacket.cli.support import crash

    class Hub:
        def get(self, _):
            return {"history": {}}

    monkeypatch.setattr(crash, "stored_numbers", lambda _: [0, 1, 1, 3, 9])
    assert crash._verdict(Hub(), 1, 4)[1:4] == (4, 1, 1)


def test_everything_the_fixture_made_is_in_its_folder(home):
    assert isinstance(home, Path) and (home / "owner.key").stat().st_mode & 0o077 == 0


def test_a_hub_is_not_led_astray_by_files_of_the_folder_where_it_is_started(tmp_path, monkeypatch):
    (tmp_path / "uvloop.py").write_text("raise SystemExit('imported from where the user happens to be')\n")
    monkeypatch.chdir(tmp_path)
    with HubProcess(tmp_path / "home", DOORS) as process:
        assert process.alive


def test_a_hub_with_its_own_certificate_is_asked_and_followed_over_it(tmp_path):
    with HubProcess(tmp_path / "home", {**DOORS, "https": "127.0.0.1:0"}) as process:
        ran = subprocess.run(
            [sys.executable, "-m", "wacket", "log", "tail", "--for", "0.1", "--data", str(process.folder)],
            capture_output=True,
            text=True,
            check=False,
        )
        assert ran.returncode == 0, ran.stderr
        with contextlib.closing(process.hub()) as hub:
            assert hub.place.scheme == "https" and hub.get("/api/v1/health")["status"] == "ok"


def test_pushing_a_file_that_has_grown_stores_what_is_new_and_no_whole_piece_twice(run, tmp_path):
    path = tmp_path / "growing.txt"
    path.write_bytes(b"".join(b"grown %d %d\n" % (n, 1_600_000_000 + n) for n in range(2000)))
    assert run("push", "--file", str(path), "--node", "growing").stdout == "2,000 lines stored, 0 rejected\n"
    with path.open("ab") as file:
        file.write(b"grown 2000 1600002000\n")
    run("push", "--file", str(path), "--node", "growing")
    asked = (
        "select count(*), max(value) from readings where epoch_us(time) between 1599999999000000 and 1600009999000000"
    )
    assert run("sql", "--csv", asked).stdout.splitlines()[1] == "2001,2000.0"


def test_a_hub_ends_with_whoever_started_it_even_by_kill(tmp_path):
    code = (
        "import sys, time; from pathlib import Path; from wacket.cli.support.process import HubProcess\n"
        f"process = HubProcess(Path({str(tmp_path / 'home')!r}), {DOORS!r}); process.start()\n"
        "print(process._process.pid, flush=True); sys.stdin.read()"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as starter:
        hub = psutil.Process(int(starter.stdout.readline()))
        starter.kill()
    hub.wait(30)
    assert not (tmp_path / "home" / "hub.json").exists()


def test_a_hub_that_says_nothing_is_given_up(tmp_path, monkeypatch):
    silent = tmp_path / "silent"
    silent.write_text("#!/bin/sh\nexec sleep 600\n")
    silent.chmod(0o700)
    monkeypatch.setattr("wacket.cli.support.process.sys.executable", str(silent))
    monkeypatch.setattr("wacket.cli.support.process.STARTING", 0.05)
    with pytest.raises(Failed, match="it said nothing"):
        HubProcess(tmp_path / "home", DOORS).start()
