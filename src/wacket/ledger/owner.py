"""The owner's key: a file that only the hub's own user can read, so that at the hub nobody has to sign in.

Who may use it from where is decided by api/access.py.
"""

from __future__ import annotations

import contextlib
import os
import secrets
from pathlib import Path

from wacket.errors import BadSettings

NAME = "owner.key"
SHORTEST = 32


def owner_key(folder: Path) -> str:
    """The key in `folder`, made at the first call. Raises BadSettings if the file holds no usable key."""
    path = folder / NAME
    if not path.exists():
        _make(path)
    path.chmod(0o600)
    key = path.read_text("ascii", "replace").strip()
    if len(key) < SHORTEST:
        raise BadSettings(f"{path} holds no usable key: delete it, and the hub makes a new one when it starts")
    return key


def _make(path: Path) -> None:
    draft = path.with_name(f".{NAME}.{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(secrets.token_urlsafe(32) + "\n")
        file.flush()
        os.fsync(file.fileno())
    # A link, not a rename: of two that start at once the first one's key stays, and nobody ever sees half a
    # file.
    with contextlib.suppress(FileExistsError):
        path.hardlink_to(draft)
    draft.unlink()
