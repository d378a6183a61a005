"""Law 9: the agent is one file that runs on any Python since 3.8 and imports nothing but what is in it and that Python.

So do the small libraries that other programs take in. psutil may be used where a machine has it.
"""

import ast
import subprocess
import sys

import pytest
from tests.support.pythons import pythons

from wacket import agentfile
from wacket_agent import __version__

OWN = {"agent/": "wacket_agent", "clients/python/": "wacket_log"}
MAY_BE_THERE = {"psutil"}
OLDEST = (3, 8)


def imports(tree):
    """(module, line) of each import below."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name.split(".")[0], node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.split(".")[0], node.lineno


def asked_for(tree):
    """The imports that may fail: in a `try` that catches ImportError."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Try) and any("ImportError" in ast.unparse(each.type or node) for each in node.handlers):
            for step in node.body:
                yield from imports(step)


def foreign(source):
    """Imports of what is neither the file's own nor of every Python."""
    breaches = []
    for file in source:
        for package in (own for folder, own in OWN.items() if file.path.startswith(folder)):
            known = sys.stdlib_module_names | {package}
            may_fail = {(name, line) for name, line in asked_for(file.tree) if name in MAY_BE_THERE}
            breaches += [
                f"{file.path}:{line}: imports {name}"
                for name, line in sorted(set(imports(file.tree)) - may_fail)
                if name not in known
            ]
    return breaches


def too_new(source):
    """Files that the oldest Python cannot read."""
    breaches = []
    for file in source:
        if not file.path.startswith(tuple(OWN)):
            continue
        try:
            ast.parse(file.text, file.path, feature_version=OLDEST)
        except SyntaxError as error:
            breaches.append(f"{file.path}:{error.lineno}: {error.msg}")
    return breaches


@pytest.mark.slow
def test_it_imports_nothing_that_may_be_missing(source):
    assert {folder for folder in OWN if any(file.path.startswith(folder) for file in source)} == set(OWN)
    assert foreign(source) == []


def test_the_oldest_python_can_read_it(source):
    assert too_new(source) == []


def test_a_foreign_import_is_found(sample):
    for text in ("import requests\n", "from yaml import load\n", "def f():\n import numpy.linalg\n", "import psutil\n"):
        assert foreign([sample(text, "agent/wacket_agent/x.py")]), text
    for text in (
        "import os.path\nfrom wacket_agent.x import y\nfrom . import z\n",
        "try:\n import psutil\nexcept ImportError:\n psutil = None\n",
    ):
        assert not foreign([sample(text, "agent/wacket_agent/x.py")]), text
    assert foreign([sample("import wacket_agent\n", "clients/python/src/wacket_log/x.py")])
    assert not foreign([sample("import numpy\n", "src/wacket/x.py")])


def test_syntax_that_is_too_new_is_found(sample):
    assert too_new([sample("match x:\n case 1: pass\n", "agent/wacket_agent/x.py")])
    assert not too_new([sample("if (x := 1): pass\n", "agent/wacket_agent/x.py")])


@pytest.fixture(scope="module")
def program(tmp_path_factory):
    path = tmp_path_factory.mktemp("agent") / agentfile.NAME
    path.write_bytes(agentfile.build())
    return path


def versions():
    return [version for version in sorted(pythons()) if version >= OLDEST]


@pytest.mark.slow
@pytest.mark.parametrize("option", ["--version", "--self-test"])
def test_the_one_file_runs_on_every_python(program, option, tmp_path):
    assert sys.version_info[:2] in versions()
    for version in versions():
        done = subprocess.run(
            [pythons()[version], "-I", "-S", "-W", "error", program, option],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
            cwd=tmp_path,
        )
        assert (done.returncode, done.stderr) == (0, ""), (version, done.stdout)
        assert __version__ in done.stdout
    assert list(tmp_path.iterdir()) == []
