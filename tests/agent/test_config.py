"""agent.conf: reading it, following it, and changing single values in it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wacket_agent.cli import conf_text
from wacket_agent.config import Address, Allows, BadConfig, Config, parse, parse_address

HUB, PIN = "https://192.168.1.5:8443", "ab" * 32
FIRST = conf_text.first(HUB, PIN)


def write(folder: Path, text: str, at: int = 1) -> None:
    """`at` makes the time of the file differ, as a person's change would."""
    (folder / "agent.conf").write_text(text)
    os.utime(folder / "agent.conf", (at, at))


def test_the_first_file_allows_reporting_only_and_explains_itself() -> None:
    contents = parse(FIRST, "agent.conf")
    assert (contents.hub, contents.pin) == (HUB, PIN)
    assert contents.allows == Allows(True, True, False, False, False, False)
    assert all(f"# {name}: " in FIRST for name in Allows._fields)


def test_other_sections_are_for_the_parts() -> None:
    more = "[collect]\ndisk = 60\n[collect.watched]\nnames = a b\n[logs]\nfiles = /var/log/*.log\n[keep]\ndays = 3\n"
    contents = parse(f"[hub]\naddress = {HUB}\npin = {PIN}\n{more}", "agent.conf")
    assert contents.options["collect"] == {"disk": "60"}
    assert contents.options["collect.watched"] == {"names": "a b"}
    assert contents.options["logs"]["files"] == "/var/log/*.log"
    assert contents.allows == Allows()


@pytest.mark.parametrize("word", ["yes", "Yes", "on", "true", "1", "yes  # for the lesson"])
def test_words_for_yes(word: str) -> None:
    assert parse(conf_text.with_value(FIRST, "allow", "run", word), "agent.conf").allows.run


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("run = no", "run = perhaps", "agent.conf, [allow], run: 'perhaps' is neither yes nor no"),
        ("run = no", "rnu = no", "[allow]: there is no 'rnu'"),
        ("[allow]", "[alow]", "no section [alow]"),
        ("[allow]", "[hub]", "section 'hub' already exists"),
        ("run = no", "run", "agent.conf: "),
        (HUB, "the hub", "[hub], address: 'the hub' is no address"),
        (PIN, "x", "[hub], pin: 'x' is not a fingerprint"),
    ],
)
def test_a_mistake_is_named_with_its_place(old: str, new: str, reason: str) -> None:
    with pytest.raises(BadConfig) as caught:
        parse(FIRST.replace(old, new, 1), "agent.conf")
    assert reason in str(caught.value)


@pytest.mark.slow
@given(st.text(max_size=200))
def test_any_text_is_settings_or_a_mistake_with_a_name(text: str) -> None:
    with pytest.raises(BadConfig, match=r"agent\.conf"):
        parse(text, "agent.conf")


def test_without_a_file_one_has_to_join(tmp_path: Path) -> None:
    with pytest.raises(BadConfig, match="join"):
        Config.load(tmp_path, tmp_path)


def test_a_change_counts_at_once(tmp_path: Path) -> None:
    write(tmp_path, FIRST)
    config = Config.load(tmp_path, tmp_path)
    assert not config.allows.run
    write(tmp_path, FIRST.replace("run = no", "run = yes"), at=2)
    assert config.allows.run


def test_while_the_file_makes_no_sense_only_reporting_is_allowed(tmp_path: Path) -> None:
    write(tmp_path, FIRST.replace("run = no", "run = yes").replace("logs = yes", "logs = no"))
    config = Config.load(tmp_path, tmp_path)
    assert config.allows == Allows(logs=False, run=True)
    write(tmp_path, FIRST.replace("run = no", "run = n0"), at=2)
    assert config.allows == Allows(logs=False)
    assert "'n0' is neither yes nor no" in config.trouble
    (tmp_path / "agent.conf").unlink()
    assert config.allows == Allows(logs=False)
    write(tmp_path, FIRST, at=3)
    assert config.allows == Allows()
    assert config.trouble == ""


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("http://hub", Address(False, "hub", 80)),
        ("https://hub.local/", Address(True, "hub.local", 443)),
        (" http://10.0.0.1:8080 ", Address(False, "10.0.0.1", 8080)),
        ("https://[fe80::1%eth0]:8443", Address(True, "fe80::1%eth0", 8443)),
    ],
)
def test_addresses(text: str, address: Address) -> None:
    assert parse_address(text) == address


@pytest.mark.parametrize(
    "text", ["", "hub", "ftp://hub", "http://", "http://hub:0", "http://hub:70000", "http://a b", "http://h/x"]
)
def test_what_is_no_address(text: str) -> None:
    with pytest.raises(ValueError, match="write something like"):
        parse_address(text)


def test_the_host_field_has_brackets_where_they_are_due() -> None:
    assert parse_address("http://[::1]:80").name == "[::1]:80"
    assert parse_address("http://hub:80").name == "hub:80"


def test_changing_a_value_keeps_what_a_person_wrote() -> None:
    text = "# mine\n[hub]\naddress = x\n\n[allow]\n# careful\nRun = no\n; more\n\n[logs]\nrun = other\n"
    changed = conf_text.with_value(text, "allow", "run", "yes")
    assert changed == text.replace("Run = no", "run = yes")
    added = conf_text.with_value(text, "allow", "root", "yes")
    assert added == text.replace("; more\n", "; more\nroot = yes\n")
    assert conf_text.with_value(text, "keep", "days", "3") == text + "\n[keep]\ndays = 3\n"
    assert conf_text.with_value("", "keep", "days", "3") == "[keep]\ndays = 3\n"


@pytest.mark.slow
@given(st.lists(st.tuples(st.sampled_from(Allows._fields), st.booleans()), max_size=8))
def test_the_last_change_counts(changes: list[tuple[str, bool]]) -> None:
    text, expected = FIRST, Allows()
    for what, value in changes:
        text = conf_text.with_value(text, "allow", what, "yes" if value else "no")
        expected = expected._replace(**{what: value})
    assert parse(text, "agent.conf").allows == expected
    assert [line for line in text.splitlines() if line.startswith("#")] == [
        line for line in FIRST.splitlines() if line.startswith("#")
    ]
