"""wacket push: what is sent, how often, and what the summary says."""

import json

import pytest

INGEST = "POST /api/v1/ingest/"


def accept(asked):
    return {"stored": len([line for line in asked.text.splitlines() if line]), "rejected": 0, "errors": []}


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "data.txt"
    path.write_text("temp 21.5 1700000000\nhum 40 1700000001\n")
    return path


def test_a_file_is_recognised_previewed_and_sent_packed_with_a_key(hub, wacket, file):
    hub.answers[INGEST + "ndjson"] = accept
    ran = wacket("push", "--file", str(file), "--node", "bench")
    assert (ran.code, ran.out) == (0, "2 lines stored, 0 rejected\n")
    asked = hub.last()
    assert asked.headers["content-encoding"] == "gzip" and asked.headers["idempotency-key"].startswith("push-")
    assert asked.query == {"node": ["bench"]}
    assert [json.loads(line)["name"] for line in asked.text.splitlines()] == ["temp", "hum"]
    assert "name value time" in ran.err and "21.5" in ran.err and "2023-11-14" in ran.err


def test_sending_again_uses_the_same_keys(hub, wacket, file):
    hub.answers[INGEST + "ndjson"] = accept
    for _ in range(2):
        wacket("push", "--file", str(file))
    assert len(hub.asked) == 2 and len({asked.headers["idempotency-key"] for asked in hub.asked}) == 1


def test_a_dry_run_shows_the_preview_and_sends_nothing(hub, wacket, file):
    ran = wacket("push", "--file", str(file), "--dry-run")
    assert ran.code == 0 and "21.5" in ran.err and not hub.asked
    said = json.loads(wacket("push", "--file", str(file), "--dry-run", "--json").out)
    assert said == {"format": "triples", "readings": 2, "logs": 0, "rejected": []}


def test_rejected_lines_are_named_by_their_place_in_the_file_and_the_end_is_3(hub, wacket, tmp_path):
    path = tmp_path / "power.csv"
    path.write_text("time,power\n" + "2026-01-01T00:00:00Z,1\n" * 3 + "nonsense,x\n")
    error = {"frame": 3, "reason": "no time in column time", "excerpt": "nonsense"}
    hub.answers[INGEST + "csv"] = {"stored": 3, "rejected": 1, "errors": [error]}
    ran = wacket("push", "--file", str(path), "--time", "time")
    assert ran.code == 3 and ran.out == "3 lines stored, 1 rejected\n"
    assert "line 5: no time in column time" in ran.err and "--rejects" in ran.err
    assert hub.last().query == {"time": ["time"]}


def test_a_file_of_which_nothing_is_understood_is_told_the_same_way(hub, wacket, file):
    answer = {"error": "nothing could be read", "stored": 0, "rejected": 2, "errors": [{"frame": 0, "reason": "bad"}]}
    hub.answers[INGEST + "ndjson"] = (400, answer, {})
    ran = wacket("push", "--file", str(file))
    assert ran.code == 3 and "line 1: bad" in ran.err


def test_the_summary_as_json(hub, wacket, file):
    hub.answers[INGEST + "ndjson"] = accept
    assert json.loads(wacket("push", "--file", str(file), "--json").out) == {"stored": 2, "rejected": 0, "errors": []}


def test_a_busy_hub_is_asked_again(hub, wacket, file, monkeypatch):
    waited: list[float] = []
    monkeypatch.setattr("wacket.cli.push.time.sleep", waited.append)
    tries: list[str] = []

    def busy_at_first(asked):
        tries.append(asked.headers["idempotency-key"])
        return accept(asked) if len(tries) > 2 else (503, {"error": "full"}, {"retry-after": "2"})

    hub.answers[INGEST + "ndjson"] = busy_at_first
    assert wacket("push", "--file", str(file)).code == 0
    assert waited == [2.0, 2.0] and len(set(tries)) == 1


def test_from_standard_input_with_a_named_format(hub, wacket):
    hub.answers[INGEST + "energy"] = accept
    ran = wacket("push", "--file", "-", "--format", "energy", input="Power: Active=1W;\n")
    assert ran.code == 0 and hub.last().text == "Power: Active=1W;\n"


def test_an_unknown_format_is_answered_with_the_known_ones(hub, wacket, file):
    ran = wacket("push", "--file", str(file), "--format", "xml")
    assert ran.code == 1 and "ndjson" in ran.err and not hub.asked


def test_an_empty_and_a_binary_file_are_refused_before_anything_is_sent(hub, wacket, tmp_path):
    for content in (b"", b"\n\n", b"PK\0\0\0"):
        path = tmp_path / "f"
        path.write_bytes(content)
        assert wacket("push", "--file", str(path)).code == 2
    assert not hub.asked


def test_the_owner_sends_as_this_machine_without_the_key(hub, wacket, file, tmp_path):
    home = tmp_path / "home"
    home.mkdir()
    (home / "owner.key").write_text("secret")
    hub.answers[INGEST + "ndjson"] = accept
    assert wacket("push", "--file", str(file), "--hub", hub.url, "--data", str(home)).code == 0
    assert "authorization" not in hub.last().headers and hub.last().query["node"]
