"""The owner's key: made once, only the owner's to read."""

from __future__ import annotations

import stat

import pytest

from wacket.errors import BadSettings
from wacket.ledger.owner import NAME, owner_key


def test_is_made_once_and_private(tmp_path):
    key = owner_key(tmp_path)
    assert len(key) >= 43
    assert owner_key(tmp_path) == key
    assert stat.S_IMODE((tmp_path / NAME).stat().st_mode) == 0o600
    assert [file.name for file in tmp_path.iterdir()] == [NAME]


def test_two_folders_have_two_keys(tmp_path):
    (tmp_path / "other").mkdir()
    assert owner_key(tmp_path) != owner_key(tmp_path / "other")


def test_loose_permissions_are_tightened(tmp_path):
    owner_key(tmp_path)
    (tmp_path / NAME).chmod(0o644)
    owner_key(tmp_path)
    assert stat.S_IMODE((tmp_path / NAME).stat().st_mode) == 0o600


@pytest.mark.parametrize("content", ["", "short\n"])
def test_unusable_file_is_named(tmp_path, content):
    (tmp_path / NAME).write_text(content)
    with pytest.raises(BadSettings, match=r"owner\.key holds no usable key: delete it"):
        owner_key(tmp_path)
