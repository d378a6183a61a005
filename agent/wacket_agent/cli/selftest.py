"""`wacket-agent --self-test`: whether this Python and this file can be an agent, before anything is installed."""

from __future__ import annotations

import importlib
import pkgutil
import sqlite3
import sys
import tempfile
from pathlib import Path
from typing import Callable

import wacket_agent
from wacket_agent.journal.store import Store
from wacket_agent.trust.signatures import Verifier, public_key, sign

OLDEST = (3, 8)


def selftest() -> int:
    """0 if all is well; what is not is written down."""
    parts: dict[str, Callable[[], None]] = {
        "Python": _python,
        "the agent's own parts": _parts,
        "signatures": _signatures,
        "the journal": _journal,
        "TLS": _tls,
    }
    failed = [name for name, test in parts.items() if not _passes(name, test)]
    version = ".".join(map(str, sys.version_info[:3]))
    verdict = f"cannot run here: {', '.join(failed)}" if failed else f"runs on Python {version}"
    sys.stdout.write(f"wacket-agent {wacket_agent.__version__} {verdict}\n")
    return 1 if failed else 0


def _passes(name: str, test: Callable[[], None]) -> bool:
    try:
        test()
    except Exception as error:  # whatever it is, it is the answer
        sys.stdout.write(f"{name}: {type(error).__name__}: {error}\n")
        return False
    return True


def _python() -> None:
    if sys.version_info < OLDEST:
        raise RuntimeError("the agent needs Python 3.8 or newer")


def _parts() -> None:
    for module in pkgutil.walk_packages(wacket_agent.__path__, "wacket_agent."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)


def _signatures() -> None:
    seed = bytes(range(32))
    if not Verifier(public_key(seed)).accepts(sign(seed, b"wacket"), b"wacket"):
        raise RuntimeError("a signature does not fit its own key")


def _journal() -> None:
    with tempfile.TemporaryDirectory() as folder:
        store = Store.open(Path(folder))
        try:
            store.add("logs", b"{}\n", 0)
            if not store.flush():
                raise RuntimeError(f"SQLite {sqlite3.sqlite_version} does not take a line")
        finally:
            store.close()


def _tls() -> None:
    import ssl

    ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
