"""What the owner of this machine allows a command, and what the runner is told of one that is allowed.

The settings are on the machine; nothing that the hub says changes them. Reasons tell the person what to do.
"""

from __future__ import annotations

import os
from typing import Any, Mapping

from wacket_agent.commands import accounts
from wacket_agent.commands.accounts import Account
from wacket_agent.trust.envelope import Envelope, Refused

SLOTS = 8
GRACE = 5
USUAL = ("wacket", "wacket-agent")  # accounts that commands run as when the agent is root, if the owner names none
FURTHEST = 400 * 86_400_000_000  # µs: ids are remembered for so long, and a command must not outlive that
KEPT_AFTER = 7 * 86_400_000_000


def account_for(envelope: Envelope, config: Any) -> Account:
    """The account that the command runs as. Raises Refused for what the owner does not allow."""
    allows, own = config.allows, accounts.own()
    if not allows.run:
        raise Refused("the owner of this machine does not allow commands: `wacket-agent allow run` there", envelope.id)
    wanted = envelope.user or _usual(config, own, allows.root)
    if not wanted:
        what = "set account= in [commands] of its agent.conf, or `wacket-agent allow root`"
        raise Refused(f"the agent runs as root and has no other account for commands: {what}", envelope.id)
    if wanted == own.name and (envelope.user == "" or own.uid != 0 or allows.root):
        return own
    found = accounts.find(wanted)
    if found is None:
        raise Refused(f"there is no account {wanted[:64]!r} on this machine", envelope.id)
    if envelope.user and wanted != _usual(config, own, False) and not allows.root:
        reason = f"the owner of this machine does not allow commands as {wanted!r}: `wacket-agent allow root` there"
        raise Refused(reason, envelope.id)
    if own.uid != 0:
        raise Refused(f"the agent runs as {own.name!r} and cannot become {wanted!r}; only root can", envelope.id)
    return found


def names(config: Any) -> list[str]:
    """The accounts that a command may name, for `about`; with root allowed there are more."""
    own = accounts.own()
    usual = _usual(config, own, config.allows.root)
    return [usual] if usual else []


def slots(config: Any) -> int:
    """How many programs may run at a time."""
    return max(1, min(_option(config, "slots", SLOTS), 1000))


def grace(config: Any) -> int:
    """Seconds between asking a program to end and ending it."""
    return max(0, min(_option(config, "grace", GRACE), 3600))


def task(envelope: Envelope, account: Account, blob: Mapping[str, str], grace_seconds: int) -> list[tuple[str, str]]:
    """The runner's note. `blob` gives the path of each SHA-256 that the command names."""
    own = account.is_own
    pairs = [("arg", text) for text in (envelope.args if envelope.program else envelope.argv)]
    pairs += [("env", f"{name}={value}") for name, value in envelope.env.items()]
    pairs += [("bring", pattern) for pattern in envelope.bring]
    pairs += [("file", f"{file.mode} {blob[file.sha256]} {file.name}") for file in envelope.files]
    pairs += [("timeout", str(envelope.timeout)), ("keep", str(envelope.keep)), ("grace", str(grace_seconds))]
    pairs += [("cwd", envelope.cwd), ("user", "" if own else account.name)]
    pairs += [("program", blob[envelope.program])] if envelope.program else []
    pairs += [("stdin", blob[envelope.stdin])] if envelope.stdin else []
    return pairs


def needed(envelope: Envelope) -> list[str]:
    """The SHA-256 of all that must be here before it can begin."""
    hashes = [envelope.program, envelope.stdin, *(file.sha256 for file in envelope.files)]
    return [one for one in dict.fromkeys(hashes) if one]


def _usual(config: Any, own: Account, root: bool) -> str:
    """The account of a command that names none: the agent's own, unless that is root."""
    named = config.options.get("commands", {}).get("account", "")
    if named:
        return str(named)
    if own.uid != 0 or os.name == "nt":
        return own.name
    return accounts.first_known(USUAL) or (own.name if root else "")


def _option(config: Any, name: str, otherwise: int) -> int:
    text = str(config.options.get("commands", {}).get(name, ""))
    return int(text) if text.isdigit() and len(text) < 6 else otherwise
