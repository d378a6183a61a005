"""wacket status and doctor."""

import contextlib
import json
import shutil
import sqlite3

import pytest

from wacket.cli.support.crash import Verdict
from wacket.history import History
from wacket.records import Batch, Logs
from wacket.settings import History as Settings

NOW = 1_790_000_000_000_000

HEALTHY = {
    "status": "ok",
    "version": "0.1.0",
    "at": 1,
    "history": {"guarantee": "on disk before the answer", "journal_age_s": 1.5},
    "statistics": {"intake": {"rows": 7}},
    "addresses": {"http": "x"},
}
HEALTH = "GET /api/v1/health"
VERIFY = "POST /api/v1/verify"


def test_status_shows_the_guarantee_and_keeps_the_counts_for_programs(hub, wacket):
    hub.answers[HEALTH] = HEALTHY
    ran = wacket("status")
    assert ran.code == 0 and "on disk before the answer" in ran.out and "intake" not in ran.out
    assert json.loads(wacket("status", "--json").out)["statistics"] == {"intake": {"rows": 7}}


def test_status_of_a_hub_that_names_damage_is_a_failure(hub, wacket):
    hub.answers[HEALTH] = {**HEALTHY, "history": {"damage": ["readings-7.parquet"]}}
    ran = wacket("status")
    assert ran.code == 1 and "readings-7.parquet" in ran.out


def test_doctor_of_a_healthy_hub(hub, wacket):
    hub.answers |= {HEALTH: HEALTHY, VERIFY: {"damage": []}}
    ran = wacket("doctor")
    assert ran.code == 0 and "nothing is wrong" in ran.err
    for part in ("duckdb", "sqlite", "on disk before the answer", "journal_age_s"):
        assert part in ran.out


def test_doctor_has_the_hub_read_everything_and_fails_for_what_it_finds(hub, wacket):
    hub.answers |= {HEALTH: HEALTHY, VERIFY: {"damage": ["readings-7.parquet"]}}
    ran = wacket("doctor")
    assert ran.code == 1 and "readings-7.parquet" in ran.err


def test_doctor_of_who_may_only_read_says_what_was_not_done(hub, wacket):
    hub.answers |= {HEALTH: HEALTHY, VERIFY: (403, {"error": "needs admin"}, {})}
    ran = wacket("doctor", "--json")
    assert ran.code == 0 and "admin" in ran.err
    assert json.loads(ran.out)["hub"]["everything_read"] is False


@pytest.fixture
def stopped(tmp_path):
    """The folder of a hub that is not running: one segment of logs, and a batch that is still in the journal."""
    with contextlib.closing(sqlite3.connect(tmp_path / "ledger.db")) as connection, connection:
        connection.execute("create table t (a)")
    history = History.open(tmp_path / "history", Settings(reserve_bytes=1), lambda: NOW)
    history.append([Batch(logs=Logs.of([(NOW, NOW, 1, "test", 9, "sealed", "")]))])
    history.seal()
    history.append([Batch(logs=Logs.of([(NOW, NOW, 1, "test", 9, "in the journal", "")]))])
    history.close()
    return tmp_path


@pytest.fixture
def killed(stopped):
    """The same after kill -9: the last batch is in the write-ahead log only."""
    history = History.open(stopped / "history", Settings(reserve_bytes=1), lambda: NOW)
    history.append([Batch(logs=Logs.of([(NOW, NOW, 1, "test", 9, "in the write-ahead log", "")]))])
    copy = stopped / "killed"
    shutil.copytree(stopped / "history", copy / "history")
    shutil.copy(stopped / "ledger.db", copy)
    history.close()
    assert (copy / "history" / "journal.db-wal").stat().st_size
    return copy


def contents(folder):
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def segment(folder):
    (found,) = (folder / "history").glob("logs/*.parquet")
    return found


def flip(path, place):
    data = bytearray(path.read_bytes())
    data[place] ^= 1
    path.write_bytes(data)


@pytest.mark.slow
@pytest.mark.parametrize("how", ["stopped", "killed"])
def test_doctor_looks_at_the_folder_of_a_stopped_hub_and_changes_nothing(wacket, how, request):
    folder = request.getfixturevalue(how)
    before = contents(folder)
    ran = wacket("doctor", "--data", str(folder))
    assert ran.code == 0 and "free_space" in ran.out and "not running" in ran.err, ran.err
    assert contents(folder) == before


@pytest.mark.slow
@pytest.mark.parametrize("how", ["stopped", "killed"])
@pytest.mark.parametrize(
    ("harm", "told"),
    [
        (lambda folder: segment(folder).unlink(), "the file is gone"),
        (lambda folder: flip(segment(folder), 60), "the checksum is wrong"),
        (lambda folder: segment(folder).write_bytes(b"PAR1PAR1"), "it has 8 bytes"),
        (lambda folder: (folder / "history" / "journal.db").unlink(), "journal.db is gone"),
        (lambda folder: (folder / "wacket.toml").write_text("[doors]\nhtp = 'x'\n"), "htp"),
        (lambda folder: (folder / "ledger.db").write_bytes(b"x" * 8192), "ledger.db"),
    ],
)
def test_doctor_names_what_is_broken_in_a_stopped_hubs_folder(wacket, how, harm, told, request):
    folder = request.getfixturevalue(how)
    harm(folder)
    ran = wacket("doctor", "--data", str(folder))
    assert ran.code == 1 and told in ran.err


@pytest.mark.slow
def test_doctor_names_a_batch_of_the_journal_that_was_changed(wacket, stopped):
    journal = stopped / "history" / "journal.db"
    with contextlib.closing(sqlite3.connect(journal)) as connection, connection:
        connection.execute("update batches set blob = zeroblob(length(blob))")
    ran = wacket("doctor", "--data", str(stopped))
    assert ran.code == 1 and "journal.db#" in ran.err and "1 rows of logs" in ran.err


def test_doctor_of_nothing_says_so(wacket, tmp_path):
    ran = wacket("doctor", "--data", str(tmp_path / "none"))
    assert ran.code == 1 and "wacket up" in ran.err


@pytest.mark.parametrize(
    ("verdict", "code", "words"),
    [
        (Verdict(3, 1000, 0, 0), 0, "exactly once"),
        (Verdict(3, 1000, 1, 0), 1, "1 missing"),
        (Verdict(3, 1000, 0, 2), 1, "2 doubled"),
        (Verdict(3, 0, 0, 0), 1, "nothing was acknowledged"),
        (Verdict(3, 9, 0, 0, ("x.parquet",)), 1, "damaged"),
        (Verdict(3, 9, 0, 0, (), 2), 1, "after 2 starts nothing"),
        (Verdict(3, 9, 0, 0, (), 0, "the hub refused a good line: b'no 7'"), 1, "refused a good line"),
    ],
)
def test_the_verdict_of_the_crash_test(wacket, monkeypatch, verdict, code, words):
    monkeypatch.setattr("wacket.cli.support.crash.torture", lambda *_: verdict)
    ran = wacket("doctor", "--crash")
    assert ran.code == code and words in ran.out + ran.err
