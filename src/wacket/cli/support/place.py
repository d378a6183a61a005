"""Finds the hub: a URL that was given, or the data folder of a hub on this machine. Connects to nothing."""

from __future__ import annotations

import fcntl
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from wacket.cli.support.errors import Denied, Misused, Unreachable

DEFAULT_FOLDER = "~/.local/share/wacket"
ANY_ADDRESS = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}  # noqa: S104  (recognised, not bound)


class Place(NamedTuple):
    """Where a hub answers. `fingerprint` is the SHA-256 of its certificate in hex, where only that proves
    it.
    """

    scheme: str
    host: str
    port: int
    token: str | None
    fingerprint: str | None = None
    owner: bool = False  # the token is the owner's key: it opens the API, and is nothing that a device would show

    @property
    def url(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}:{self.port}"


def folder(data: str | None, environment: Mapping[str, str]) -> Path:
    return Path(data or environment.get("WACKET_DATA") or DEFAULT_FOLDER).expanduser()


def find(url: str | None, data: str | None, token: str | None, environment: Mapping[str, str]) -> Place:
    """The hub that the command line means, else the one that the environment means, else this machine's own.

    Raises Unreachable when no hub runs there, Denied when its owner's key cannot be read, Misused for a bad
    URL.
    """
    token = token or environment.get("WACKET_TOKEN") or None
    if not url and not data:
        url = environment.get("WACKET_HUB") or None
    if url:
        key = _owner_key(folder(data, environment)) if data and not token else None
        return _parsed(url, token or key)._replace(owner=bool(key))
    home = folder(data, environment)
    return _running(home, token or _owner_key(home))._replace(owner=not token)


def state(home: Path) -> dict[str, Any] | None:
    """What the running hub of this folder says of itself, or None."""
    try:
        said = json.loads((home / "hub.json").read_text("utf-8"))
    except (OSError, ValueError):
        return None
    return said if isinstance(said, dict) and _held(home / "lock") else None


def _held(lock: Path) -> bool:
    """Whether a hub holds its folder. A process number would prove nothing: another program may have it by now."""
    try:
        with lock.open() as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return True
    except OSError:
        return False
    return False


def _running(home: Path, token: str | None) -> Place:
    said = state(home)
    if said is None:
        raise Unreachable(
            f"no hub is running in {home}",
            "Start one with `wacket up`, or name another with --hub http://HOST:PORT or --data DIR.",
        )
    if said.get("https"):
        return _parsed(_with_scheme("https", said["https"]), token)._replace(fingerprint=_hex(said.get("fingerprint")))
    if said.get("http"):
        return _parsed(_with_scheme("http", said["http"]), token)
    raise Unreachable(f"the hub in {home} has its HTTP door closed", "Open it: set doors.http in its wacket.toml.")


def _with_scheme(scheme: str, address: str) -> str:
    return address if "://" in address else f"{scheme}://{address}"


def _parsed(url: str, token: str | None) -> Place:
    parts = urlsplit(url if "://" in url else f"http://{url}")
    try:
        host, port = parts.hostname or "", parts.port
    except ValueError:
        host, port = "", None
    if parts.scheme not in {"http", "https"} or not host:
        raise Misused(
            f"{url!r} is not the address of a hub",
            "Write http://HOST:PORT, for example http://lab.local:8080",
        )
    default = 443 if parts.scheme == "https" else 80
    return Place(parts.scheme, ANY_ADDRESS.get(host, host), port or default, token, _hex(parts.fragment))


def _hex(fingerprint: str | None) -> str | None:
    text = (fingerprint or "").lower().removeprefix("sha256:").removeprefix("sha256=").replace(":", "")
    return text or None


def _owner_key(home: Path) -> str | None:
    try:
        return (home / "owner.key").read_text("ascii").strip() or None
    except PermissionError as error:
        raise Denied(
            f"{home / 'owner.key'} belongs to the hub's owner and you may not read it",
            "Run this as that user, or show a token: WACKET_TOKEN=… (made with `wacket token create`).",
        ) from error
    except (OSError, UnicodeDecodeError):
        return None
