"""A join that outlives the agent: asked for by a person or by the hub, done when the agent starts.

With it go the key, the journal and the numbering, because they belong to another machine too, whose card was copied.
"""

from __future__ import annotations

import contextlib
import json
from pathlib import Path

from wacket_agent.disk import write_whole
from wacket_agent.journal.store import Store
from wacket_agent.trust.identity import Identity
from wacket_agent.trust.opening import Joining

FILE = "joining.json"


def ask(state: Path, joining: Joining) -> None:
    """From the next start on this machine is a new node."""
    _write(state, joining, renew=True)


def prepare(state: Path) -> Joining | None:
    """What to join with, None for nothing. The journal must not be open. A crash between here and the hub's answer
    leaves the new key and the request, so that the next start goes on with both.
    """
    try:
        noted = json.loads((state / FILE).read_text("utf-8"))
        joining = Joining(int(noted["token"]), bytes.fromhex(noted["secret"]), str(noted["name"]))
    except FileNotFoundError:
        return None
    except (ValueError, TypeError, KeyError):
        done(state)
        return None
    if noted.get("renew"):
        Store.discard(state)
        Identity.make(state)
        _write(state, joining, renew=False)
    return joining


def done(state: Path) -> None:
    """The hub has taken it."""
    with contextlib.suppress(FileNotFoundError):
        (state / FILE).unlink()


def _write(state: Path, joining: Joining, renew: bool) -> None:
    noted = {"token": joining.token, "secret": joining.secret.hex(), "name": joining.name, "renew": renew}
    write_whole(state / FILE, json.dumps(noted).encode(), 0o600)
