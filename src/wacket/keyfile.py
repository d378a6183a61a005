"""A secret of the hub in a file of its own: 32 random bytes as hexadecimal text, made once, for its owner only."""

from __future__ import annotations

import secrets
from pathlib import Path

from wacket.errors import BadSettings
from wacket.writing import write_whole

SEED_BYTES = 32


def seed_in(path: Path, what: str, cure: str) -> bytes:
    """The bytes in a file, made if there is none. Raises BadSettings, saying `what` it should hold and the `cure`."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not path.exists():
        write_whole(path, f"{secrets.token_hex(SEED_BYTES)}\n".encode("ascii"))
    path.chmod(0o600)
    try:
        seed = bytes.fromhex(path.read_text("ascii", "replace"))
    except ValueError:
        seed = b""
    if len(seed) != SEED_BYTES:
        raise BadSettings(f"{path} does not hold {what}: {cure}")
    return seed
