"""How a command ends when things go wrong: the exit code, and words that say what, why and what to do."""

import socket

import pytest

HEALTH = "GET /api/v1/health"


@pytest.mark.parametrize(("status", "code"), [(400, 1), (401, 4), (403, 4), (404, 1), (500, 1), (503, 1)])
def test_a_refusal_keeps_the_hubs_words_and_has_its_exit_code(hub, wacket, status, code):
    hub.answers[HEALTH] = (status, {"error": "the reason in words"}, {})
    ran = wacket("status")
    assert ran.code == code
    assert ran.err.startswith("✗ the reason in words\n") and ran.out == ""


def test_a_missing_token_names_the_ways_to_show_one(hub, wacket):
    hub.answers[HEALTH] = (401, {"error": "sign in first"}, {})
    assert "WACKET_TOKEN" in wacket("status").err


def test_no_hub_at_the_address_is_5(wacket):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        ran = wacket("status", "--hub", f"127.0.0.1:{taken.getsockname()[1]}")
    assert ran.code == 5 and "Connection refused" in ran.err and "wacket up" in ran.err


def test_a_hub_that_says_nothing_in_time_is_124(wacket):
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        ran = wacket("status", "--timeout", "0.05", "--hub", f"127.0.0.1:{silent.getsockname()[1]}")
    assert ran.code == 124 and "--timeout" in ran.err


def test_no_hub_in_the_folder_is_5_and_says_how_to_start_one(wacket, tmp_path):
    ran = wacket("status", "--data", str(tmp_path))
    assert ran.code == 5 and str(tmp_path) in ran.err and "wacket up" in ran.err


def test_something_that_is_no_hub_is_named_as_such(hub, wacket):
    hub.answers[HEALTH] = (200, b"<html>", {})
    ran = wacket("status")
    assert ran.code == 1 and "not JSON" in ran.err


def test_a_hub_that_is_unwell_is_told_and_is_1(hub, wacket):
    hub.answers[HEALTH] = {"status": "full", "version": "1"}
    ran = wacket("status")
    assert ran.code == 1 and "full" in ran.out


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        (["stauts"], "wacket status"),
        (["tail"], "wacket log tail"),
        (["serve"], "wacket up"),
        (["help"], "wacket --help"),
        (["version"], "wacket --version"),
        (["token", "rm", "4"], "wacket token revoke"),
        (["people", "delete", "ada"], "wacket people remove"),
        (["series", "lst"], "wacket series ls"),
        (["log", "tial"], "wacket log tail"),
    ],
)
def test_a_mistyped_word_is_answered_with_the_right_one(wacket, words, meant):
    ran = wacket(*words)
    assert ran.code == 2 and f"Did you mean `{meant}`?" in ran.err


def test_a_mistyped_option_is_answered_with_the_right_one(wacket):
    ran = wacket("series", "get", "x", "--sinec", "1h")
    assert ran.code == 2 and "--since" in ran.err


def test_a_word_like_no_other_lists_what_there_is(wacket):
    ran = wacket("token", "qqqqqq")
    assert ran.code == 2 and "create" in ran.err and "revoke" in ran.err


def test_a_bad_hub_address_is_bad_usage(wacket):
    ran = wacket("status", "--hub", "ftp://x")
    assert ran.code == 2 and "http://HOST:PORT" in ran.err


def test_our_own_mistake_shows_no_traceback_unless_asked(hub, wacket, monkeypatch):
    hub.answers["GET /api/v1/nodes"] = {"unexpected": 1}
    ran = wacket("node", "ls")
    assert ran.code == 1 and "mistake of its own" in ran.err and "Traceback" not in ran.err
    monkeypatch.setenv("WACKET_DEBUG", "1")
    assert "Traceback" in wacket("node", "ls").err


def test_a_missing_file_is_told_without_a_traceback(hub, wacket, tmp_path):
    ran = wacket("push", "--file", str(tmp_path / "nothing"))
    assert ran.code == 2 and "there is no file" in ran.err
