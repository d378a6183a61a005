"""The hub's key: made once, kept, never shown."""

import stat

import pytest

from wacket.errors import BadSettings
from wacket.fleet.handshake import signed_by
from wacket.fleet.hubkey import FILE, HubKey


def test_it_is_made_once_and_for_its_owner_alone(tmp_path):
    key = HubKey.open(tmp_path / "keys")
    file = tmp_path / "keys" / FILE
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert list(file.parent.iterdir()) == [file]
    again = HubKey.open(tmp_path / "keys")
    assert (again.public, again.fingerprint) == (key.public, key.fingerprint)
    assert signed_by(key.public, again.sign(b"text"), b"text")


def test_a_file_that_others_may_read_is_shut(tmp_path):
    HubKey.open(tmp_path)
    (tmp_path / FILE).chmod(0o644)
    HubKey.open(tmp_path)
    assert stat.S_IMODE((tmp_path / FILE).stat().st_mode) == 0o600


@pytest.mark.parametrize("content", [b"", b"ab", b"x" * 64, b"ab" * 33, b"\xff" * 64])
def test_a_damaged_file_is_not_replaced_and_the_words_say_what_to_do(tmp_path, content):
    (tmp_path / FILE).write_bytes(content)
    with pytest.raises(BadSettings, match="backup") as caught:
        HubKey.open(tmp_path)
    assert str(tmp_path / FILE) in str(caught.value)
    assert (tmp_path / FILE).read_bytes() == content
