"""The agent's folders depend on each other one way, as the hub's do (which import-linter watches)."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath

AGENT = "agent/wacket_agent"
# What the files of each folder may import of the others; those at the root tie all of them together.
MAY = {
    "trust": set(),
    "journal": set(),
    "collectors": set(),
    "link": {"trust"},
    "logs": {"trust"},
    "commands": {"trust"},
    "service": {"commands"},
    "cli": {"commands", "journal", "link", "service", "trust"},
}


def reached(tree: ast.AST) -> Iterator[tuple[str, int]]:
    """(first name behind the package, line) of each import of the agent's own."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] == "wacket_agent":
            rest = (node.module or "").split(".")[1:]
            yield from ((name, node.lineno) for name in (rest[:1] or [alias.name for alias in node.names]))


def wrong_ways(source: Sequence) -> list[str]:
    breaches = []
    for file in source:
        parts = PurePosixPath(file.path).parts
        if not file.path.startswith(f"{AGENT}/") or len(parts) < 4:
            continue
        if parts[2] not in MAY:
            breaches.append(f"{file.path}: nothing is said here of what {parts[2]} may import")
            continue
        breaches += [
            f"{file.path}:{line}: {parts[2]} imports {name}"
            for name, line in reached(file.tree)
            if name in MAY.keys() - MAY[parts[2]] - {parts[2]}
        ]
    return breaches


def test_folders_of_the_agent_depend_one_way(source):
    assert {PurePosixPath(file.path).parts[2] for file in source if file.path.startswith(AGENT)} >= set(MAY)
    assert wrong_ways(source) == []


def test_a_wrong_way_is_found(sample):
    for text in ("from wacket_agent.link import pace\n", "from wacket_agent import link\n"):
        assert wrong_ways([sample(text, f"{AGENT}/trust/x.py")]), text
        assert wrong_ways([sample(text, f"{AGENT}/new/x.py")]), text
        assert not wrong_ways([sample(text, f"{AGENT}/link/x.py")]), text
    assert not wrong_ways([sample("from wacket_agent.config import Config\n", f"{AGENT}/trust/x.py")])
