"""A secret of the hub in a file of its own: 32 random bytes as hexadecimal text, made once, for its owner only."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from wacket.errors import BadSettings

SEED_BYTES = 32


def seed_in(path: Path, what: str, cure: str) -> bytes:
    """The bytes in a file, made if there is none. Raises BadSettings, saying `what` it should hold and the `cure`."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not path.exists():
        _make(path)
    path.chmod(0o600)
    try:
        seed = bytes.fromhex(path.read_text("ascii", "replace"))
    except ValueError:
        seed = b""
    if len(seed) != SEED_BYTES:
        raise BadSettings(f"{path} does not hold {what}: {cure}")
    return seed


def _make(path: Path) -> None:
    """All or nothing, and never readable to others for a moment."""
    draft = path.with_suffix(".draft")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(secrets.token_hex(SEED_BYTES) + "\n")
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
