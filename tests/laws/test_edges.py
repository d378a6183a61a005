"""Law 5: whatever serves, runs or accepts has `statistics()`, so that metrics and health can read
only those. An edge is a class of the busy folders with a public coroutine named serve, run or accept.
"""

import ast

FOLDERS = tuple(f"src/wacket/{name}/" for name in ("doors", "intake", "history", "bus", "watch", "commands", "ledger"))
EDGE = {"serve", "run", "accept"}


def silent_edges(source):
    breaches = []
    for file in source:
        if not file.path.startswith(FOLDERS):
            continue
        for node in ast.walk(file.tree):
            if not isinstance(node, ast.ClassDef):
                continue
            coroutines = {part.name for part in node.body if isinstance(part, ast.AsyncFunctionDef)}
            plain = {part.name for part in node.body if isinstance(part, ast.FunctionDef)}
            if coroutines & EDGE and "statistics" not in plain:
                breaches.append(f"{file.path}:{node.lineno}: {node.name} has no statistics()")
    return breaches


def test_every_edge_has_statistics(source):
    assert silent_edges(source) == []


def test_a_silent_edge_is_found(sample):
    text = "class Door:\n async def serve(self): ...\n"
    assert silent_edges([sample(text, "src/wacket/doors/x.py")])
    assert not silent_edges([sample(text + " def statistics(self): ...\n", "src/wacket/doors/x.py")])
