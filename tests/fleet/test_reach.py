"""What the network is asked about a node: with a program in the place of ping, and never by more than an address."""

from __future__ import annotations

from pathlib import Path

import pytest

from wacket.fleet import reach
from wacket.fleet.reach import Reach

pytestmark = pytest.mark.slow  # each test starts a process


def program(folder: Path, text: str) -> Reach:
    """A ping that does this; what it was called with goes to the file `words`."""
    path = folder / "ping"
    path.write_text(f'#!/bin/sh\necho "$@" > {folder}/words\n{text}\n')
    path.chmod(0o755)
    return Reach(str(path))


async def test_an_address_that_answers(tmp_path: Path) -> None:
    answer = await program(tmp_path, 'echo "64 bytes from 10.0.2.14: icmp_seq=1 ttl=64 time=3.21 ms"').ping("10.0.2.14")
    assert (answer.ok, answer.text) == (True, "10.0.2.14 answers in 3.21 ms")
    assert (tmp_path / "words").read_text().split()[-1] == "10.0.2.14"


@pytest.mark.parametrize(("code", "ok"), [(1, False), (2, None)])
async def test_an_address_that_does_not(tmp_path: Path, code: int, ok: bool | None) -> None:
    assert (await program(tmp_path, f"exit {code}").ping("10.0.2.14")).ok is ok


async def test_a_ping_that_hangs_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reach, "PATIENCE", 0.1)
    answer = await program(tmp_path, "exec sleep 60").ping("10.0.2.14")
    assert (answer.ok, answer.text) == (False, "10.0.2.14 does not answer")


@pytest.mark.parametrize(
    "address", ["", "pi-11", "-f", "10.0.2.14; reboot", "127.0.0.1", "::1", "0.0.0.0", "224.0.0.1"]
)
async def test_only_an_address_of_another_machine_is_asked(tmp_path: Path, address: str) -> None:
    assert (await program(tmp_path, "exit 0").ping(address)).ok is None
    assert not (tmp_path / "words").exists()


async def test_without_the_program_nothing_is_asked(tmp_path: Path) -> None:
    assert "not installed" in (await Reach(None).ping("10.0.2.14")).text
    assert (await Reach(str(tmp_path / "gone")).ping("10.0.2.14")).ok is None


async def test_a_name_is_looked_up() -> None:
    found = await Reach().name("localhost.")
    assert found is None  # what a machine calls itself may be anything
    found = await Reach().name("localhost")
    assert found is not None
    assert found.ok
    assert {"127.0.0.1", "::1"} & set(found.addresses)
    unknown = await Reach().name("no-such-machine.invalid")
    assert unknown is not None
    assert not unknown.ok


@pytest.mark.parametrize("host", ["", "-x", "a b", "a/b", "x" * 64, "\x1b[2J", "ä", "a..b", "a" + ".b" * 20])
async def test_what_is_no_name_is_not_looked_up(host: str) -> None:
    assert await Reach().name(host) is None
