"""What may be asked of nodes, and the envelopes made of it."""

from __future__ import annotations

import json

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as some

from wacket.commands import envelope
from wacket.commands.signer import FILE, Signer
from wacket.commands.spec import File, Spec, checked, is_below, read
from wacket.errors import BadRequest, BadSettings

HASH = "a" * 64
NOON = 1_800_000_000_000_000


def test_what_is_written_is_read():
    spec = Spec(argv=("ls", "ä"), env={"A": "b"}, files=(File("a/b", HASH, 7, 0o755),), token=3)
    assert read(spec.text()) == spec
    assert Spec(kind="ping").text() == '{"kind":"ping"}'


@pytest.mark.parametrize(
    ("spec", "field"),
    [
        (Spec(), "argv"),
        (Spec(argv=("",)), "argv"),
        (Spec(argv=("a\0b",)), "argv"),
        (Spec(argv=("\ud800",)), "argv"),
        (Spec(argv=("x",) * 1025), "argv"),
        (Spec(kind="python"), "program"),
        (Spec(kind="ping", timeout=0), "timeout"),
        (Spec(kind="ping", timeout=604_801), "timeout"),
        (Spec(kind="ping", expires=0), "expires"),
        (Spec(argv=("x",), env={"": "y"}), "env"),
        (Spec(argv=("x",), env={"A=B": "y"}), "env"),
        (Spec(argv=("x",), user="-x"), "user"),
        (Spec(argv=("x",), user="x\n"), "user"),
        (Spec(argv=("x",), cwd="\0"), "cwd"),
        (Spec(argv=("x",), bring=("../a",)), "bring"),
        (Spec(argv=("x",), files=(File("/etc/x", HASH, 1),)), "files"),
        (Spec(argv=("x",), files=(File("a", "b", 1),)), "files"),
        (Spec(argv=("x",), files=(File("a", HASH, 1, 0o4755),)), "files"),
        (Spec(argv=("x",), files=(File("a", HASH, 1), File("a", HASH, 1))), "files"),
    ],
)
def test_what_makes_no_sense_is_refused_by_name(spec: Spec, field: str):
    with pytest.raises(BadRequest) as raised:
        checked(spec)
    assert raised.value.field == field


@pytest.mark.parametrize("path", ["a", "a/b.csv", "*.csv", "über/ñ", "a b", ".hidden"])
def test_paths_below_the_folder(path: str):
    assert is_below(path)


@pytest.mark.parametrize("path", ["", "/a", "../a", "a/../b", "a//b", "a/", "./a", "c:x", "a\\b", "a\nb", "x" * 1025])
def test_paths_that_lead_elsewhere(path: str):
    assert not is_below(path)


def test_ids_sort_by_time_and_have_26_characters():
    assert envelope.new_id(0, bytes(10)) == "0" * 26
    assert envelope.new_id(NOON, b"\xff" * 10) < envelope.new_id(NOON + 1000, bytes(10))
    # The example of the ULID specification: 01ARZ3NDEK is this time.
    assert envelope.new_id(1469922850259_000, bytes(10)).startswith("01ARZ3NDEK")


@given(some.integers(0, 2**60), some.binary(min_size=10, max_size=10))
def test_any_id_is_one(now: int, random: bytes):
    assert len(envelope.new_id(now, random)) == 26


def test_an_envelope_says_what_the_spec_says_and_leaves_out_what_is_empty():
    spec = Spec(argv=("echo", "é"), env={"A": "b"}, files=(File("x", HASH, 3),), timeout=5, token=9)
    said = json.loads(envelope.command("N", "K", "person:ada", spec, 1, 2))
    assert said == {
        **{"v": 1, "id": "N", "node": "K", "kind": "exec", "actor": "person:ada", "not_before": 1, "expires": 2},
        **{"timeout": 5, "keep": spec.keep, "argv": ["echo", "é"], "env": {"A": "b"}},
        "files": [{"name": "x", "sha256": HASH, "size": 3, "mode": 0o644}],
    }


def test_what_is_too_long_for_a_message_is_refused_beforehand():
    envelope.require_fits(Spec(argv=("x" * 60_000,)), "owner")
    for argv in (("x" * 65_000,), ('"' * 20_000,), ("é" * 10_000,)):
        with pytest.raises(BadRequest, match="at most 65024 are possible"):
            envelope.require_fits(Spec(argv=argv), "owner")


def test_the_command_key_is_made_once_and_kept_from_others(tmp_path):
    signer = Signer.open(tmp_path / "keys")
    again = Signer.open(tmp_path / "keys")
    assert again.public == signer.public
    assert (tmp_path / "keys" / FILE).stat().st_mode & 0o777 == 0o600
    text = envelope.signed_text('{"v": 1}')
    assert text == b'wacket command v1\n{"v": 1}'
    Ed25519PublicKey.from_public_bytes(signer.public).verify(again.sign(text), text)


def test_a_damaged_key_stops_the_start(tmp_path):
    (tmp_path / FILE).write_text("nonsense")
    with pytest.raises(BadSettings, match="command key"):
        Signer.open(tmp_path)
