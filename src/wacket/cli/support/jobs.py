"""A job to ask for, made of what the command line said; and the look ahead before it is asked for.

Reads the files that are named and sends along those that the nodes need. Follows nothing: following.py does.
"""

from __future__ import annotations

import base64
import hashlib
import re
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from wacket.cli.support import answers
from wacket.cli.support.ask import interactive, sure
from wacket.cli.support.client import Hub
from wacket.cli.support.errors import Failed, Misused
from wacket.cli.support.moments import clock
from wacket.cli.support.output import Column
from wacket.cli.support.session import Session
from wacket.cli.support.text import folded, plain

JOBS = "/api/v1/jobs"
MANY = 10  # more nodes than this are asked about first
EVERYWHERE = re.compile(r"(^|[,&])\s*\*\s*($|[,&])")
STANDARD_INPUT = "-"
NAMES = re.compile(r"(^|[,&!])\s*-\s*($|[,&])")  # in a target: names from standard input, taken in or out


def request(target: str, words: Sequence[str], py: str | None, said: Mapping[str, Any]) -> dict[str, Any]:
    """The body of POST /api/v1/jobs. `said` are the other options of `wacket run`, by name."""
    names = NAMES.search(target) is not None
    inputs = [py or "", said["stdin"] or ""].count(STANDARD_INPUT) + names
    if inputs > 1:
        raise Misused("standard input can be only one thing: the target, the program, or --stdin")
    body: dict[str, Any] = {"target": target, "env": _environment(said["env"])}
    if py is not None:
        body |= {"kind": "python", "program": program_text(py), "args": list(words)}
    else:
        body |= {"kind": "exec", "argv": list(words)}
    if names:
        body["names"] = sys.stdin.read().split()
    if said["stdin"] is not None:
        body["stdin"] = base64.b64encode(_content(said["stdin"])).decode()
    body |= {name: said[name] for name in ("cwd", "user") if said[name]}
    return body | {"timeout": said["timeout"], "expires": said["expires"], "bring": list(said["bring"])}


def program_text(path: str) -> str:
    """The text of a Python program."""
    try:
        return _content(path).decode("utf-8")
    except UnicodeDecodeError as error:
        raise Failed(f"cannot read {plain(path)}: {error}", "A program is a UTF-8 text file.") from error


def send_along(hub: Hub, paths: Sequence[str]) -> list[dict[str, Any]]:
    """Give the hub the files that the nodes need; how the request names them."""
    sent = []
    for path in paths:
        content = _content(path)
        digest = hashlib.sha256(content).hexdigest()
        headers = {"Content-Type": "application/octet-stream"}
        hub.call("PUT", f"/api/v1/blobs/{digest}", body=content, headers=headers)
        mode = 0o755 if Path(path).stat().st_mode & 0o100 else 0o644
        sent.append({"name": Path(path).name, "sha256": digest, "size": len(content), "mode": mode})
    return sent


def dry_run(session: Session, body: Mapping[str, Any]) -> None:
    """Show which nodes are meant, and why others are not."""
    seen = session.hub.post(f"{JOBS}/preview", body)
    if session.as_json:
        session.out.json(seen)
    else:
        nodes = [{"node": one["node"], "what": f"would run it ({one['state']})"} for one in seen["nodes"]]
        others = [{"node": one["node"], "what": f"left out: {one['why']}"} for one in seen["left_out"]]
        session.out.rows([*nodes, *others], [Column("node"), Column("what")], "no node of the hub is meant")
    if not seen["nodes"]:
        raise Failed(f"no node would run it: nothing fits {plain(body['target'])}", "See: wacket node ls")


def foretold(session: Session, body: Mapping[str, Any], yes: bool) -> None:
    """On a terminal, tell which nodes are away, and ask before many are made to do something."""
    if yes or not interactive():
        return
    seen = session.hub.post(f"{JOBS}/preview", body)
    away = [one["node"] for one in seen["nodes"] if one["state"] != "up"]
    if away:
        session.out.note(absent(away, body["expires"]), "!")
    count = len(seen["nodes"])
    if count > MANY or (count and EVERYWHERE.search(body["target"])):
        sure(f"Run it on {folded(count, 'node')}?", yes)


def absent(nodes: Sequence[str], expires: float) -> str:
    """What the person should know of nodes that are not there."""
    now = datetime.now(UTC).astimezone()
    until = clock(now + timedelta(seconds=expires), now)
    verb, theirs = ("is", "its command waits") if len(nodes) == 1 else ("are", "their commands wait")
    return f"{answers.names(nodes)} {verb} not there; {theirs} until {until} (--expires)"


def _environment(pairs: Sequence[str]) -> dict[str, str]:
    found = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals or not name:
            raise Misused(f"--env {pair!r} sets nothing", "Write --env NAME=VALUE")
        found[name] = value
    return found


def _content(path: str) -> bytes:
    if path == STANDARD_INPUT:
        return sys.stdin.buffer.read()
    try:
        return Path(path).read_bytes()
    except OSError as error:
        raise Misused(f"cannot read {path}: {error.strerror}", "Check the name; - means standard input.") from error
