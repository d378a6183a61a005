"""The hub's data folder: held by one hub at a time, and a file in it that says where that hub listens."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from wacket.errors import BadSettings

ADDRESSES = "hub.json"


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """The folder, made if need be, held so that no second hub uses it. Raises BadSettings when one does."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (folder / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise BadSettings(f"another hub is running on {folder}; end it, or give another --data") from error
        yield


@contextmanager
def told_where(folder: Path, version: str, fingerprint: str | None, addresses: Mapping[str, str]) -> Iterator[None]:
    """`hub.json`, for as long as the hub runs."""
    path = folder / ADDRESSES
    scratch = path.with_suffix(".new")
    scratch.write_text(
        json.dumps({"pid": os.getpid(), "version": version, "fingerprint": fingerprint, **addresses}), "utf-8"
    )
    scratch.replace(path)
    try:
        yield
    finally:
        path.unlink(missing_ok=True)
