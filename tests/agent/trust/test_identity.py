"""The node's key on disk, the machine, and the boot."""

from __future__ import annotations

import hashlib
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from wacket_agent.disk import write_whole
from wacket_agent.trust.identity import Identity, boot_id, machine_id


def seeds(byte: int) -> Callable[[int], bytes]:
    return lambda size: bytes([byte]) * size


def test_a_key_is_made_once_and_kept_from_others(tmp_path: Path) -> None:
    state = tmp_path / "state"
    assert Identity.load(state) is None
    made = Identity.load_or_make(state, seeds(1))
    assert Identity.load_or_make(state, seeds(2)).public == made.public
    assert stat.S_IMODE((state / "node.key").stat().st_mode) == 0o600
    assert stat.S_IMODE(state.stat().st_mode) == 0o700
    assert [path.name for path in state.iterdir()] == ["node.key"]
    assert made.key_id == hashlib.sha256(made.public).hexdigest()
    Ed25519PublicKey.from_public_bytes(made.public).verify(made.sign(b"x"), b"x")


def test_a_new_key_takes_the_place_of_the_old(tmp_path: Path) -> None:
    old = Identity.make(tmp_path, seeds(1))
    new = Identity.make(tmp_path, seeds(2))
    loaded = Identity.load(tmp_path)
    assert loaded is not None
    assert loaded.key_id == new.key_id != old.key_id


@pytest.mark.parametrize("content", [b"", b"ab", b"\xff" * 32, b"zz" * 32, b"ab" * 33])
def test_a_damaged_key_is_not_replaced_in_silence(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "node.key").write_bytes(content)
    with pytest.raises(ValueError, match=r"node\.key holds no key"):
        Identity.load_or_make(tmp_path)
    assert (tmp_path / "node.key").read_bytes() == content


def test_the_machine_id_is_the_systems(tmp_path: Path) -> None:
    (tmp_path / "empty").write_text("\n")
    (tmp_path / "unready").write_text("uninitialized\n")
    (tmp_path / "id").write_text("0123abcd\n")
    files = [tmp_path / name for name in ("missing", "empty", "unready", "id")]
    assert machine_id(tmp_path, files) == "0123abcd"
    assert not (tmp_path / "machine-id").exists()


def test_where_the_system_has_no_id_one_is_made_and_kept(tmp_path: Path) -> None:
    made = machine_id(tmp_path, [])
    assert len(made) == 32
    assert machine_id(tmp_path, []) == made


def test_the_boot_has_an_id() -> None:
    assert boot_id() == boot_id() == Path("/proc/sys/kernel/random/boot_id").read_text().strip()


def test_a_file_is_old_or_new_and_leaves_nothing_beside_it(tmp_path: Path) -> None:
    write_whole(tmp_path / "a", b"old", 0o600)
    write_whole(tmp_path / "a", b"new", 0o644)
    assert (tmp_path / "a").read_bytes() == b"new"
    assert stat.S_IMODE((tmp_path / "a").stat().st_mode) == 0o644
    (tmp_path / "folder").mkdir()
    with pytest.raises(OSError, match="folder"):
        write_whole(tmp_path / "folder", b"x", 0o600)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "folder"]
