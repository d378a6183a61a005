"""Law 1: files have at most 300 lines, functions 60, and blocks are nested at most 3 deep.

Nesting counts what decides or repeats (if, for, while, try, match); `with` only holds something open, and
`elif` is the same decision. A function inside a function starts again at 0. Functions and nesting
are judged in src only.
"""

import ast

FILE_LINES, FUNCTION_LINES, DEPTH = 300, 60, 3

# path, or path:function → why it may be larger
EXCEPTIONS: dict[str, str] = {}

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
BLOCKS = (ast.If, ast.For, ast.AsyncFor, ast.While, ast.Try, ast.TryStar, ast.Match)


def depth_of(node, depth=0):
    """The deepest block below `node`, not looking into functions and classes defined there."""
    deepest = depth
    for child in ast.iter_child_nodes(node):
        if isinstance(child, (*FUNCTIONS, ast.ClassDef, ast.Lambda)):
            continue
        is_elif = isinstance(node, ast.If) and isinstance(child, ast.If) and node.orelse == [child]
        deeper = depth + (isinstance(child, BLOCKS) and not is_elif)
        deepest = max(deepest, depth_of(child, deeper))
    return deepest


def long_files(source):
    return [
        f"{file.path}: {lines} lines, at most {FILE_LINES}"
        for file in source
        if (lines := file.text.count("\n")) > FILE_LINES and file.path not in EXCEPTIONS
    ]


def large_functions(source):
    breaches = []
    for file in source:
        for node in ast.walk(file.tree):
            if not isinstance(node, FUNCTIONS) or f"{file.path}:{node.name}" in EXCEPTIONS:
                continue
            lines, depth = node.end_lineno - node.lineno + 1, depth_of(node)
            if lines > FUNCTION_LINES:
                breaches.append(f"{file.path}:{node.lineno}: {node.name} has {lines} lines, at most {FUNCTION_LINES}")
            if depth > DEPTH:
                breaches.append(f"{file.path}:{node.lineno}: {node.name} is nested {depth} deep, at most {DEPTH}")
    return breaches


def test_files_are_short(everything):
    assert long_files(everything) == []


def test_functions_are_short_and_flat(source):
    assert large_functions(source) == []


def test_each_exception_still_exists_and_has_a_reason(everything):
    paths = {file.path for file in everything}
    assert all(key.split(":")[0] in paths and len(reason) > 20 for key, reason in EXCEPTIONS.items())


def test_a_long_file_is_found(sample):
    assert long_files([sample("x = 1\n" * 301)])
    assert not long_files([sample("x = 1\n" * 300)])


def test_a_long_function_is_found(sample):
    assert "has 61 lines" in large_functions([sample("def f():\n" + "    x = 1\n" * 60)])[0]
    assert not large_functions([sample("def f():\n" + "    x = 1\n" * 59)])


def test_deep_nesting_is_found(sample):
    deep = "def f():\n for a in b:\n  if a:\n   while a:\n    try: a()\n    finally: b()\n"
    assert "nested 4 deep" in large_functions([sample(deep)])[0]


def test_elif_and_with_are_not_deeper(sample):
    flat = "def f():\n if a: b()\n elif c: d()\n elif e:\n  with g:\n   if h:\n    for i in j: k()\n"
    assert not large_functions([sample(flat)])
