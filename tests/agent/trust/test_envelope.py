"""Command envelopes: what is carried out, and all that is not."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wacket_agent.trust.ed25519 import Verifier, public_key, sign
from wacket_agent.trust.envelope import Envelope, File, Refused, check_envelope, claimed_id, read_envelope

SEED = bytes(range(32))
VERIFIER = Verifier(public_key(SEED))
NODE, HASH, ID = "cd" * 32, "ef" * 32, "01ARZ3NDEKTSV4RRFFQ69G5FAV"
NOW = 1_795_262_400_000_000
HOUR = 3_600_000_000


def members(**other: Any) -> dict[str, Any]:
    usual = {"v": 1, "id": ID, "node": NODE, "kind": "exec", "actor": "sara", "argv": ["true"]}
    return {**usual, "not_before": NOW, "expires": NOW + HOUR, **other}


def judge(text: str, now: int = NOW, seed: bytes = SEED) -> Envelope:
    signature = sign(seed, f"wacket command v1\n{text}".encode()).hex()
    return check_envelope(text, signature, VERIFIER, NODE, now)


def refusal(text: str, now: int = NOW, seed: bytes = SEED) -> Refused:
    with pytest.raises(Refused) as caught:
        judge(text, now, seed)
    return caught.value


def test_a_command_with_all_its_members() -> None:
    file = {"name": "a/b.csv", "sha256": HASH, "size": 12, "mode": 0o600}
    text = json.dumps(
        members(
            argv=["ls", "-l"],
            env={"LANG": "C"},
            cwd="/tmp",
            stdin=HASH,
            user="student",
            timeout=60,
            files=[file],
            bring=["*.csv"],
            keep=1000,
        )
    )
    envelope = judge(text)
    assert (envelope.id, envelope.node, envelope.kind, envelope.actor) == (ID, NODE, "exec", "sara")
    assert (envelope.argv, envelope.env, envelope.cwd) == (("ls", "-l"), {"LANG": "C"}, "/tmp")
    assert (envelope.stdin, envelope.user, envelope.timeout) == (HASH, "student", 60)
    assert (envelope.files, envelope.bring, envelope.keep) == ((File("a/b.csv", HASH, 12, 0o600),), ("*.csv",), 1000)
    assert read_envelope(text) == envelope


def test_what_is_left_out_or_empty_is_nothing() -> None:
    envelope = judge(json.dumps(members(program="", stdin="", of="", args=[], env={}, cwd="")))
    assert envelope.program == envelope.stdin == envelope.of == envelope.user == ""
    assert envelope.args == envelope.files == envelope.bring == ()
    assert envelope.timeout == 600


@pytest.mark.parametrize(
    "other", [{"kind": "python", "program": HASH, "args": ["-v"]}, {"kind": "ping"}, {"kind": "cancel", "of": ID}]
)
def test_the_other_kinds(other: dict[str, Any]) -> None:
    assert judge(json.dumps(members(**other))).kind == other["kind"]


def test_another_signer_is_refused_before_anything_else() -> None:
    refused = refusal(json.dumps(members(node="00" * 32, expires=0)), seed=bytes(32))
    assert "signature" in refused.reason
    assert (refused.id, refused.state) == (ID, "rejected")


@pytest.mark.parametrize("sig", ["", "zz", "AB" * 64, "00" * 64, None, 7])
def test_what_is_no_signature(sig: Any) -> None:
    with pytest.raises(Refused, match="signature"):
        check_envelope(json.dumps(members()), sig, VERIFIER, NODE, NOW)


def test_a_command_for_another_node() -> None:
    assert "another node" in refusal(json.dumps(members(node="00" * 32))).reason


def test_the_time_window() -> None:
    text = json.dumps(members())
    assert judge(text, NOW + HOUR - 1).id == ID
    assert refusal(text, NOW + HOUR).state == "expired"
    assert judge(text, NOW - 1_000_000).id == ID, "our idea of the hub's clock is not exact"
    assert "before its time" in refusal(text, NOW - 10_000_000).reason


def test_an_unknown_kind_is_rejected_after_the_rest() -> None:
    assert "another node" in refusal(json.dumps(members(kind="format", node="00" * 32))).reason
    assert "'format'" in refusal(json.dumps(members(kind="format"))).reason


@pytest.mark.parametrize(
    ("other", "reason"),
    [
        ({"v": 2}, "version"),
        ({"v": True}, "v: a whole number"),
        ({"id": "../../etc/passwd"}, "id:"),
        ({"argv": []}, "exec without argv"),
        ({"argv": ["a\0b"]}, "argv:"),
        ({"argv": ["\ud800"]}, "argv:"),
        ({"argv": "true"}, "argv:"),
        ({"argv": ["x"] * 1025}, "argv:"),
        ({"argv": [1]}, "argv:"),
        ({"kind": "python"}, "python without program"),
        ({"kind": "cancel"}, "cancel without of"),
        ({"program": "AB" * 32}, "program:"),
        ({"env": {"A=B": "1"}}, "env:"),
        ({"env": {"": "1"}}, "env:"),
        ({"env": {"A": 1}}, "env:"),
        ({"env": [1]}, "env:"),
        ({"user": "-u root"}, "user:"),
        ({"user": "a\nb"}, "user:"),
        ({"timeout": 604_801}, "timeout:"),
        ({"timeout": 0}, "timeout:"),
        ({"timeout": 1.5}, "timeout:"),
        ({"expires": 2**60}, "expires:"),
        ({"keep": -1}, "keep:"),
        ({"bring": ["../*"]}, "bring:"),
        ({"files": [{"name": "/etc/passwd", "sha256": HASH, "size": 1}]}, "files: name:"),
        ({"files": [{"name": "a", "sha256": "..", "size": 1}]}, "files: sha256:"),
        ({"files": [{"name": "a", "sha256": HASH, "size": 1, "mode": 0o4755}]}, "files: mode:"),
        ({"files": ["a"]}, "files:"),
    ],
)
def test_a_member_that_is_not_what_it_should_be(other: dict[str, Any], reason: str) -> None:
    assert reason in refusal(json.dumps(members(**other))).reason


@pytest.mark.parametrize("name", ["", "..", "a/../b", "./a", "/a", "a//b", "a/", "a\\b", "C:a", "a\nb", "a" * 5000])
def test_names_of_files_stay_below_the_working_folder(name: str) -> None:
    with pytest.raises(ValueError, match="files: name:"):
        read_envelope(json.dumps(members(files=[{"name": name, "sha256": HASH, "size": 1}])))


@pytest.mark.slow
@given(st.text(max_size=200) | st.binary(max_size=100).map(lambda data: data.decode("latin-1")))
def test_any_signed_text_is_refused_or_read(text: str) -> None:
    assert refusal(text).id == ""


@pytest.mark.slow
@given(
    st.dictionaries(
        st.sampled_from(list(Envelope._fields)),
        st.none()
        | st.booleans()
        | st.integers()
        | st.text()
        | st.lists(st.text() | st.dictionaries(st.text(), st.text())),
    )
)
def test_any_members_are_read_or_refused(other: dict[str, Any]) -> None:
    text = json.dumps(members(**other))
    try:
        envelope = judge(text)
    except Refused as refused:
        assert refused.id in (ID, "", other.get("id"))
        assert refused.reason
        return
    assert envelope.node == NODE
    assert all(isinstance(one, str) for one in envelope.argv + envelope.args + envelope.bring)


def test_the_id_of_what_cannot_be_read() -> None:
    assert claimed_id(json.dumps({"id": ID})) == ID
    assert claimed_id("[" * 50_000) == claimed_id('{"id": 7}') == claimed_id('{"id": "x"}') == ""
    assert claimed_id(json.dumps({"id": ID, "x": "x" * 70_000})) == ""
