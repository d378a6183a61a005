"""wacket status and doctor."""

import json
import sqlite3

import pytest

from wacket.cli.support.crash import Verdict

HEALTHY = {
    "status": "ok",
    "version": "0.1.0",
    "at": 1,
    "history": {"guarantee": "on disk before the answer", "journal_age_s": 1.5},
    "statistics": {"intake": {"rows": 7}},
    "addresses": {"http": "x"},
}
HEALTH = "GET /api/v1/health"


def test_status_shows_the_guarantee_and_keeps_the_counts_for_programs(hub, wacket):
    hub.answers[HEALTH] = HEALTHY
    ran = wacket("status")
    assert ran.code == 0 and "on disk before the answer" in ran.out and "intake" not in ran.out
    assert json.loads(wacket("status", "--json").out)["statistics"] == {"intake": {"rows": 7}}


def test_doctor_of_a_healthy_hub(hub, wacket):
    hub.answers[HEALTH] = HEALTHY
    ran = wacket("doctor")
    assert ran.code == 0 and "nothing is wrong" in ran.err
    for part in ("duckdb", "sqlite", "on disk before the answer", "journal_age_s"):
        assert part in ran.out


def test_doctor_names_damage_and_fails(hub, wacket):
    hub.answers[HEALTH] = {**HEALTHY, "history": {"damage": ["readings-7.parquet"]}}
    ran = wacket("doctor")
    assert ran.code == 1 and "readings-7.parquet" in ran.err


@pytest.fixture
def stopped(tmp_path):
    """The folder of a hub that is not running."""
    connection = sqlite3.connect(tmp_path / "ledger.db")
    connection.execute("create table t (a)")
    connection.executemany("insert into t values (?)", [("x" * 4000,)] * 50)
    connection.commit()
    connection.close()
    (tmp_path / "history").mkdir()
    (tmp_path / "history" / "a.parquet").write_bytes(b"PAR1....PAR1")
    return tmp_path


def test_doctor_looks_at_the_folder_of_a_stopped_hub_and_changes_nothing(wacket, stopped):
    before = {path: path.read_bytes() for path in stopped.rglob("*") if path.is_file()}
    ran = wacket("doctor", "--data", str(stopped))
    assert ran.code == 0 and "free_space" in ran.out and "not running" in ran.err
    assert {path: path.read_bytes() for path in stopped.rglob("*") if path.is_file()} == before


def test_doctor_finds_what_is_broken_in_a_stopped_hubs_folder(wacket, stopped):
    data = bytearray((stopped / "ledger.db").read_bytes())
    data[8192:40960] = b"\xff" * (40960 - 8192)
    (stopped / "ledger.db").write_bytes(data)
    (stopped / "history" / "a.parquet").write_bytes(b"PAR1....")
    (stopped / "wacket.toml").write_text("[doors]\nhtp = 'x'\n")
    ran = wacket("doctor", "--data", str(stopped))
    assert ran.code == 1
    for part in ("ledger.db", "a.parquet", "htp"):
        assert part in ran.err


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
    ],
)
def test_the_verdict_of_the_crash_test(wacket, monkeypatch, verdict, code, words):
    monkeypatch.setattr("wacket.cli.support.crash.torture", lambda *_: verdict)
    ran = wacket("doctor", "--crash")
    assert ran.code == code and words in ran.out + ran.err
