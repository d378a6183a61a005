"""Law 3: the pure parts touch no world, and no test sleeps.

A test waits for a condition with a deadline. The one place where it may pause between two looks is a loop in
a function whose name says so: it starts with `wait` or `_wait`.
"""

import ast

PURE = (
    "src/wacket/formats/",
    "src/wacket/framing/",
    "src/wacket/commands/life.py",
    "src/wacket/records.py",
    "src/wacket/errors.py",
)
WORLD = {
    *(
        "asyncio",
        "socket",
        "time",
        "os",
        "logging",
        "random",
        "secrets",
        "uuid",
        "threading",
        "subprocess",
        "sqlite3",
    ),
    *("pathlib", "shutil", "tempfile", "multiprocessing", "ssl", "select", "signal", "duckdb", "sqlalchemy"),
}
CLOCKS = {"now", "utcnow", "today"}


def imported(tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name.split(".")[0], node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module.split(".")[0], node.lineno


def impure(source):
    breaches = []
    for file in source:
        if not file.path.startswith(PURE):
            continue
        breaches += [f"{file.path}:{line}: imports {name}" for name, line in imported(file.tree) if name in WORLD]
        breaches += [
            f"{file.path}:{node.lineno}: asks a clock"
            for node in ast.walk(file.tree)
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in CLOCKS
        ]
    return breaches


def sleeps(tree, function="", loops=0):
    """(line, function) of each call of sleep() that really waits and is no pause of a `wait…` loop."""
    for node in ast.iter_child_nodes(tree):
        inside, around = function, loops
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            inside, around = node.name, 0
        elif isinstance(node, (ast.While, ast.For, ast.AsyncFor)):
            around += 1
        elif isinstance(node, ast.Call) and getattr(node.func, "attr", getattr(node.func, "id", "")) == "sleep":
            at_once = node.args and isinstance(node.args[0], ast.Constant) and node.args[0].value == 0
            if not at_once and not (inside.lstrip("_").startswith("wait") and around):
                yield node.lineno, inside
        yield from sleeps(node, inside, around)


def sleeping(source):
    return [f"{file.path}:{line}: {name} sleeps" for file in source for line, name in sleeps(file.tree)]


def test_pure_parts_touch_no_world(source):
    judged = [file for file in source if file.path.startswith(PURE)]
    assert {"formats", "framing", "commands"} <= {file.path.split("/")[2] for file in judged}
    assert impure(source) == []


def test_no_test_sleeps(tests):
    assert sleeping(tests) == []


def test_an_impure_part_is_found(sample):
    assert impure([sample("import os.path\n", "src/wacket/formats/x.py")])
    assert impure([sample("from time import monotonic\n", "src/wacket/framing/x.py")])
    assert impure([sample("x = datetime.now()\n", "src/wacket/commands/life.py")])
    assert not impure([sample("import os\n", "src/wacket/hub.py")])
    assert not impure([sample("import re\nfrom datetime import datetime\n", "src/wacket/formats/x.py")])


def test_sleep_is_found(sample):
    assert sleeping([sample("def test_x():\n time.sleep(1)\n")])
    assert sleeping([sample("async def test_x():\n while y: await asyncio.sleep(0.01)\n")])
    assert sleeping([sample("async def wait_long():\n await asyncio.sleep(3)\n")])
    assert not sleeping([sample("async def test_x():\n await asyncio.sleep(0)\n")])
    assert not sleeping([sample("async def wait_until(c):\n while not c(): await asyncio.sleep(0.01)\n")])
