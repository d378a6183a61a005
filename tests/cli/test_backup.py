"""`wacket backup` and `wacket restore` as people use them: real processes, real folders, real kills."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys

import pytest
from tests.support.archives import ABOUT, FILES, archive, sources, unpacked

from wacket.backup.packing import Packing
from wacket.cli.support.client import Hub
from wacket.cli.support.place import find
from wacket.cli.support.process import HubProcess

pytestmark = pytest.mark.slow
DOORS = {"http": "127.0.0.1:0", "tcp": "", "udp": ""}


def run(*words, code=0, **more):
    environment = {name: value for name, value in os.environ.items() if not name.startswith("WACKET_")}
    ran = subprocess.run(
        [sys.executable, "-m", "wacket", *map(str, words)],
        capture_output=True,
        env=environment,
        timeout=60,
        check=False,
        **more,
    )
    assert ran.returncode == code, ran.stderr.decode()
    return ran


def ask(folder, **more):
    return contextlib.closing(Hub(find(None, str(folder), None, {})._replace(**more)))


def push(folder, *values):
    lines = "".join(f'{{"name": "level", "value": {value}}}\n' for value in values).encode()
    with ask(folder, token=None) as hub:  # as a device on this machine
        hub.call("POST", "/api/v1/ingest/ndjson", query={"node": "tank"}, body=lines)


def values(folder):
    with ask(folder) as hub:
        body = b"".join(hub.stream("/api/v1/export/readings", {"match": "tank/level"}))
    return sorted(json.loads(line)["value"] for line in body.splitlines())


def test_saved_looked_at_and_brought_back(tmp_path):
    file, other = tmp_path / "lab.tar", tmp_path / "other"
    with HubProcess(tmp_path / "hub", DOORS) as process:
        push(process.folder, 1, 2)
        said = run("backup", file, "--data", process.folder).stderr.decode()
        assert "✓" in said and "files" in said
        assert file.stat().st_mode & 0o777 == 0o600
        piped = run("backup", "-", "--data", process.folder).stdout
        push(process.folder, 3)
        refused = run("restore", file, "--data", process.folder, code=1).stderr.decode()
        assert "another hub is running" in refused
    assert not list(tmp_path.glob(".lab*"))
    looked = json.loads(run("restore", file, "--check", "--json", "--data", other).stdout)
    assert looked["files"] >= 5
    assert not other.exists()
    assert "has data already" in run("restore", file, "--data", tmp_path / "hub", code=1).stderr.decode()
    run("restore", file, "--data", other)
    with HubProcess(other, DOORS) as process:
        assert values(process.folder) == [1, 2]
    assert "nothing is wrong" in run("doctor", "--data", other).stderr.decode()
    run("restore", "-", "--data", tmp_path / "third", input=piped)
    with HubProcess(tmp_path / "third", DOORS) as process:
        assert values(process.folder) == [1, 2]


def test_a_hub_that_is_killed_while_a_restore_waits_or_comes_in_starts_with_one_or_the_other(tmp_path):
    file = tmp_path / "lab.tar"
    with HubProcess(tmp_path / "hub", DOORS) as process:
        push(process.folder, 1)
        run("backup", file, "--data", process.folder)
        push(process.folder, 2)
        with ask(process.folder) as half:
            connection, headers = half.connection(), half.headers()
        connection.putrequest("POST", "/api/v1/restore")
        for name, text in {**headers, "Content-Length": "9999999"}.items():
            connection.putheader(name, text)
        connection.endheaders(file.read_bytes()[:200_000])
        wait_until(lambda: list(process.folder.glob("restore-*")))
        process.kill()
        connection.close()
        process.start()
        assert values(process.folder) == [1, 2]
        assert not list(process.folder.glob("restore*"))
        with ask(process.folder) as hub:
            hub.call("POST", "/api/v1/restore", body=file.read_bytes())
        process.kill()
        process.start()
        assert values(process.folder) == [1]
        (aside,) = process.folder.glob("before-restore-*")
    with HubProcess(aside, DOORS) as process:
        assert values(process.folder) == [1, 2]


def wait_until(condition):
    import time

    for _ in range(2000):
        if condition():
            return
        time.sleep(0.01)
    pytest.fail("it did not happen")


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda raw: raw[:-20_000], "ends too early"),
        (lambda raw: b"PK" + raw[2:], "not a backup made by Wacket"),
        (lambda raw: raw.replace(b"SQLite format 3\0 ledger", b"SQLite format 3\0 hacker"), "is not what it was"),
    ],
)
def test_what_is_not_whole_is_not_restored(tmp_path, spoil, said):
    (file := tmp_path / "lab.tar").write_bytes(spoil(archive(tmp_path / "files") + bytes(10_000)))
    for more in (["--check"], []):
        refused = run("restore", file, "--data", tmp_path / "hub", *more, code=1).stderr.decode()
        assert said in refused
    assert set(unpacked(tmp_path / "hub")) <= {"lock"}
    (file := tmp_path / "good.tar").write_bytes(archive(tmp_path / "files"))
    run("restore", file, "--data", tmp_path / "hub")
    assert unpacked(tmp_path / "hub") == FILES | {"lock": b""}


def test_a_kill_while_it_unpacks_leaves_nothing_that_counts(tmp_path):
    folder, raw = tmp_path / "hub", archive(tmp_path / "files")
    words = [sys.executable, "-m", "wacket", "restore", "-", "--data", str(folder)]
    process = subprocess.Popen(words, stdin=subprocess.PIPE, stderr=subprocess.PIPE)
    process.stdin.write(raw[:4096] + bytes(0))
    process.stdin.flush()
    wait_until(lambda: list(folder.glob("restore-*")))
    process.kill()
    process.communicate()
    run("restore", "-", "--data", folder, input=raw)
    assert unpacked(folder) == FILES | {"lock": b""}


def test_what_was_not_saved_as_it_should_be_is_told_and_is_no_plain_success(wacket, hub, tmp_path):
    here = sources(tmp_path / "files", FILES)
    packing = Packing(ABOUT, 0)
    damaged = [*here[:3], here[3]._replace(crc=1), *here[4:]]
    hub.answers["GET /api/v1/backup"] = (200, b"".join(packing.pieces(damaged)), {})
    ran = wacket("backup", str(tmp_path / "lab.tar"))
    assert ran.code == 3
    assert "0-1.parquet: it is damaged" in ran.err
    assert (tmp_path / "lab.tar").exists()


def test_half_a_backup_never_has_the_name_of_a_whole_one(wacket, hub, tmp_path):
    (tmp_path / "lab.tar").write_bytes(b"the last good one")
    hub.answers["GET /api/v1/backup"] = (200, archive(tmp_path / "files")[:9000], {})
    ran = wacket("backup", str(tmp_path / "lab.tar"))
    assert (ran.code, "not a whole backup" in ran.err) == (1, True)
    hub.answers["GET /api/v1/backup"] = (200, b"x" * 1000, {"Content-Length": "5000"})
    assert wacket("backup", str(tmp_path / "lab.tar")).code != 0
    hub.answers["GET /api/v1/backup"] = (403, {"error": "this needs the right 'admin'"}, {})
    assert wacket("backup", str(tmp_path / "lab.tar")).code == 4
    assert (tmp_path / "lab.tar").read_bytes() == b"the last good one"
    assert not list(tmp_path.glob(".lab*"))
    assert wacket("backup", str(tmp_path / "nowhere" / "lab.tar")).code == 1
