"""Law 2: no error is swallowed unseen, and only the command line and the demo write to the terminal."""

import ast

BROAD = {"Exception", "BaseException"}
MAY_PRINT = ("src/wacket/cli/", "src/wacket/demo/", "agent/wacket_agent/cli/")


def names(node):
    """The bare names in an `except` clause or a call's arguments."""
    return {part.id for part in ast.walk(node) if isinstance(part, ast.Name)} if node else set()


def does_nothing(body):
    return all(
        isinstance(step, (ast.Pass, ast.Continue, ast.Break))
        or (isinstance(step, ast.Expr) and isinstance(step.value, ast.Constant))
        for step in body
    )


def is_suppress(node):
    return isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] == "suppress"


def swallowed(source):
    breaches = []
    for file in source:
        for node in ast.walk(file.tree):
            where = f"{file.path}:{getattr(node, 'lineno', 0)}"
            if isinstance(node, ast.ExceptHandler) and node.type is None:
                breaches.append(f"{where}: bare except")
            elif isinstance(node, ast.ExceptHandler) and names(node.type) & BROAD and does_nothing(node.body):
                breaches.append(f"{where}: every exception is swallowed")
            elif is_suppress(node) and any(names(argument) & BROAD for argument in node.args):
                breaches.append(f"{where}: suppress() of every exception")
    return breaches


def printed(source):
    return [
        f"{file.path}:{node.lineno}: print() outside the command line"
        for file in source
        if not file.path.startswith(MAY_PRINT)
        for node in ast.walk(file.tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"
    ]


def test_no_error_is_swallowed(source):
    assert swallowed(source) == []


def test_only_the_command_line_prints(source):
    assert printed(source) == []


def test_swallowing_is_found(sample):
    for text in (
        "try: f()\nexcept: g()\n",
        "try: f()\nexcept Exception: pass\n",
        "while x:\n try: f()\n except (OSError, BaseException): continue\n",
        "with suppress(Exception): f()\n",
        "with contextlib.suppress(OSError, Exception): f()\n",
    ):
        assert len(swallowed([sample(text)])) == 1, text


def test_handling_is_not_swallowing(sample):
    assert not swallowed([sample("try: f()\nexcept Exception as e: log(e)\n")])
    assert not swallowed([sample("try: f()\nexcept OSError: pass\n")])


def test_printing_is_found(sample):
    assert printed([sample("print(1)\n")])
    assert not printed([sample("print(1)\n", "src/wacket/cli/status.py")])
