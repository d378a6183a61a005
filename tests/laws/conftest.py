"""Gives the laws what they judge: every Python file, its text and its syntax tree. Judges nothing itself."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCE = ("src", "agent", "clients")  # the hub's, the agent's, and what programs and boards take in


@dataclass(frozen=True)
class Source:
    """One file; `path` is relative to the repository, with forward slashes."""

    path: str
    text: str = field(repr=False)

    @property
    def tree(self) -> ast.Module:
        return ast.parse(self.text, self.path)


def read(*folders: str) -> list[Source]:
    files = sorted(file for folder in folders for file in (ROOT / folder).rglob("*.py"))
    return [Source(file.relative_to(ROOT).as_posix(), file.read_text("utf-8")) for file in files]


@pytest.fixture(scope="session")
def source() -> list[Source]:
    found = read(*SOURCE)
    assert all(any(file.path.startswith(folder) for file in found) for folder in SOURCE), "no source to judge"
    return found


@pytest.fixture(scope="session")
def everything() -> list[Source]:
    return read(*SOURCE, "tests", "benchmarks", "scripts")


@pytest.fixture(scope="session")
def tests() -> list[Source]:
    return read("tests")


@pytest.fixture
def sample():
    """Makes a Source from text: what each law is shown to prove that it can be broken."""

    def make(text: str, path: str = "src/wacket/sample.py") -> Source:
        return Source(path, text)

    return make
