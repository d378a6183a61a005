"""Law 5: whatever serves, runs or accepts has `statistics()`, so that metrics and health can read only those.

An edge is a class of the busy folders with a public coroutine whose first word is serve, run or accept, or one that is
a Door by its name or a server or protocol by its base class. LineConnection is not one: TcpDoor counts for them all.
"""

import ast

BUSY = ("doors", "intake", "history", "bus", "watch", "commands", "classes", "ledger")
FOLDERS = tuple(f"src/wacket/{name}/" for name in BUSY)
EDGE = {"serve", "run", "accept"}
BASES = ("Server", "asyncio.Protocol", "asyncio.DatagramProtocol")
EXCEPTIONS = {"LineConnection"}


def is_edge(node):
    coroutines = {part.name.partition("_")[0] for part in node.body if isinstance(part, ast.AsyncFunctionDef)}
    bases = [ast.unparse(base) for base in node.bases]
    return bool(coroutines & EDGE) or node.name.endswith("Door") or any(base.endswith(BASES) for base in bases)


def silent_edges(source):
    breaches = []
    for file in source:
        if not file.path.startswith(FOLDERS):
            continue
        for node in ast.walk(file.tree):
            if not isinstance(node, ast.ClassDef) or not is_edge(node) or node.name in EXCEPTIONS:
                continue
            plain = {part.name for part in node.body if isinstance(part, ast.FunctionDef)}
            if "statistics" not in plain:
                breaches.append(f"{file.path}:{node.lineno}: {node.name} has no statistics()")
    return breaches


def test_every_edge_has_statistics(source):
    assert silent_edges(source) == []


def test_a_silent_edge_is_found(sample):
    for text in (
        "class A:\n async def serve(self): ...\n",
        "class A:\n async def serve_until_closed(self): ...\n",
        "class SerialDoor:\n def read(self): ...\n",
        "class A(uvicorn.Server):\n def read(self): ...\n",
        "class A(asyncio.DatagramProtocol):\n def read(self): ...\n",
    ):
        assert silent_edges([sample(text, "src/wacket/doors/x.py")]), text
        assert not silent_edges([sample(text + " def statistics(self): ...\n", "src/wacket/doors/x.py")])
    assert not silent_edges([sample("class A:\n def serve(self): ...\n", "src/wacket/doors/x.py")])
