"""A node with an agent in plain words: what it is, what its owner allows, and what a person might do now. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import click

from wacket.cli.support.text import plain

ALLOWED = ("metrics", "logs", "run", "root", "shell", "files")
FACTS = ("name", "presence", "since", "why", "kind", "state", "tags", "code", "os", "agent")
LATER = ("first_seen", "last_seen", "last_peer")


def read_tags(words: Iterable[str]) -> dict[str, str]:
    """TAG=VALUE, or TAG alone."""
    tags = {}
    for word in words:
        tag, _, value = word.partition("=")
        if not tag:
            raise click.UsageError(f"{word!r} is no tag; write for example room=lab, or demo")
        tags[tag] = value
    return tags


def tags_as_text(tags: Mapping[str, str]) -> str:
    return " ".join(f"{tag}={value}" if value else tag for tag, value in sorted(tags.items()))


def facts(node: Mapping[str, Any]) -> dict[str, Any]:
    """What is worth a line, in the order in which people look for it."""
    machine = node.get("machine") or {}
    shown = {name: node.get(name) for name in FACTS}
    shown["tags"] = tags_as_text(node.get("tags") or {})
    shown |= {name: machine.get(name) for name in ("host", "system", "arch", "python")}
    if node.get("allows") is not None:
        shown["allows"] = ", ".join(_allowed(node, True)) or "nothing"
    shown |= {name: node.get(name) for name in LATER}
    return {name: value for name, value in shown.items() if value not in (None, "")}


def advice(node: Mapping[str, Any]) -> list[str]:
    """What the reader should know, a sentence each."""
    name, said = plain(node.get("name", "")), []
    if (node.get("machine") or {}).get("copy_seen"):
        copy = node["machine"]["copy_seen"]
        said.append(
            f"another machine ({plain(copy['host'])}, {plain(copy['peer'])}) shows the same key: a copied card? "
            f"`wacket node split {name}` makes it a node of its own"
        )
    if node.get("allows") is None:
        return said
    if node.get("presence") == "pending":
        said.append(f"it waits for a person: compare the code with the machine, then `wacket node approve {name}`")
    if refused := _allowed(node, False):
        what = "run" if "run" in refused else "WHAT"  # nobody is to allow root because it stood here
        said.append(
            f"its owner does not allow: {', '.join(refused)}. The hub cannot change it: "
            f"on the machine run `wacket-agent allow {what}`, with sudo if root installed it"
        )
    return said


def _allowed(node: Mapping[str, Any], verdict: bool) -> list[str]:
    return [what for what in ALLOWED if bool(node["allows"].get(what)) is verdict]
