"""Law 3: the pure parts touch no world, and no test sleeps.

A test waits for a condition with a deadline. It may pause between two looks in a loop only, either under
`asyncio.timeout(…)` or in a function whose name says that it waits: it starts with `wait` or `until`.
"""

import ast

PURE = (
    "src/wacket/formats/",
    "src/wacket/framing/",
    *(
        f"src/wacket/commands/{name}.py"
        for name in ("envelope", "folding", "kept/pieces", "reports", "spec", "states", "targets")
    ),
    "src/wacket/classes/life.py",
    *(f"src/wacket/fleet/{name}.py" for name in ("diagnosis", "numbers", "problems", "pulse", "rows", "sights")),
    *(f"src/wacket/api/watching/{name}.py" for name in ("acts", "wants")),
    "src/wacket/records.py",
    "src/wacket/errors.py",
    *(
        f"agent/wacket_agent/{name}.py"
        for name in ("journal/reports", "journal/thinning", "link/websocket", "protocol", "service/texts")
    ),
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
SLEEPS = {"sleep", "time.sleep", "asyncio.sleep", "anyio.sleep"}
WAITING = ("wait", "until")
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


def is_pause(function, loops, bounded):
    """A short rest between two looks at a condition, with an end to the looking."""
    return loops and (bounded or function.lstrip("_").startswith(WAITING))


def sleeps(tree, function="", loops=0, bounded=False):
    """(line, function) of each call of sleep() that really waits and is no pause."""
    for node in ast.iter_child_nodes(tree):
        inside, around, ends = function, loops, bounded
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            inside, around, ends = node.name, 0, False
        elif isinstance(node, (ast.While, ast.For, ast.AsyncFor)):
            around += 1
        elif isinstance(node, ast.AsyncWith):
            ends |= any(ast.unparse(item.context_expr).startswith("asyncio.timeout(") for item in node.items)
        elif isinstance(node, ast.Call) and ast.unparse(node.func) in SLEEPS:
            at_once = node.args and isinstance(node.args[0], ast.Constant) and node.args[0].value == 0
            if not at_once and not is_pause(inside, around, ends):
                yield node.lineno, inside
        yield from sleeps(node, inside, around, ends)


def sleeping(source):
    return [f"{file.path}:{line}: {name} sleeps" for file in source for line, name in sleeps(file.tree)]


def test_pure_parts_touch_no_world(source):
    assert [part for part in PURE if not any(file.path.startswith(part) for file in source)] == [], "no longer there"
    assert impure(source) == []


def test_no_test_sleeps(tests):
    assert sleeping(tests) == []


def test_an_impure_part_is_found(sample):
    assert impure([sample("import os.path\n", "src/wacket/formats/x.py")])
    assert impure([sample("from time import monotonic\n", "src/wacket/framing/x.py")])
    assert impure([sample("x = datetime.now()\n", "src/wacket/classes/life.py")])
    assert not impure([sample("import os\n", "src/wacket/hub.py")])
    assert not impure([sample("import re\nfrom datetime import datetime\n", "src/wacket/formats/x.py")])


def test_sleep_is_found(sample):
    assert sleeping([sample("def test_x():\n time.sleep(1)\n")])
    assert sleeping([sample("async def test_x():\n while y: await asyncio.sleep(0.01)\n")])
    assert sleeping([sample("async def wait_long():\n await asyncio.sleep(3)\n")])
    assert not sleeping([sample("async def test_x():\n await asyncio.sleep(0)\n")])
    bounded = "async def test_x():\n async with asyncio.timeout(5):\n  "
    assert sleeping([sample(bounded + "await asyncio.sleep(1)\n")])
    assert not sleeping([sample(bounded + "while not x(): await asyncio.sleep(0.01)\n")])
    assert not sleeping([sample("async def wait_until(c):\n while not c(): await asyncio.sleep(0.01)\n")])
