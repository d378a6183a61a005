"""What the tests of collectors share: a machine made of saved texts, and a clock that is moved by hand."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from wacket_agent import collectors
from wacket_agent.collectors._context import Context, Machine
from wacket_agent.collectors._limited import Limited
from wacket_agent.collectors._programs import Ran
from wacket_agent.lines import Log, Point

SAVED = Path(__file__).parents[2] / "fixtures" / "collectors"
WALL = 1_795_255_200.0


class Rig:
    """A machine that a test changes between two turns. `answers` is what programs print, by their name."""

    def __init__(self, root: Path, system: str = "linux") -> None:
        self.root = root
        self.now = 1000.0
        self.offset: int | None = None
        self.answers: dict[str, Ran | str] = {}
        self.asked: list[tuple[str, ...]] = []
        self.machine = Machine(
            Limited(4), str(root), system, lambda: self.now, lambda: WALL + self.now, lambda: self.offset, self._run
        )
        self._contexts: dict[str, Context] = {}

    def write(self, path: str, text: str | bytes) -> None:
        file = self.root / path.lstrip("/")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text.encode("utf-8", "surrogateescape") if isinstance(text, str) else text)

    def replace(self, path: str, old: str, new: str) -> None:
        file = self.root / path.lstrip("/")
        text = file.read_text("utf-8")
        assert old in text
        file.write_text(text.replace(old, new), "utf-8")

    def remove(self, path: str) -> None:
        file = self.root / path.lstrip("/")
        shutil.rmtree(file) if file.is_dir() else file.unlink()

    def ask(self, name: str, options: Mapping[str, str] = {}) -> list[Point | Log]:
        """One turn of a collector."""
        context = self._contexts.setdefault(name, Context(self.machine))
        context.begin(options)
        return list(collectors.find(name).collect(context))

    def points(self, name: str, options: Mapping[str, str] = {}) -> dict[tuple[str, ...], dict[str, Any]]:
        """The numbers of one turn by name and tags, without those that were not measured."""
        told = [one for one in self.ask(name, options) if isinstance(one, Point)]
        found = {
            (one.name, *one.tags.values()): {key: value for key, value in one.fields.items() if value is not None}
            for one in told
        }
        assert len(found) == len(told), "two points of one name and tags"
        return {key: fields for key, fields in found.items() if fields}

    def logs(self, name: str, options: Mapping[str, str] = {}) -> list[tuple[str, str]]:
        """Level and message of the logs of one turn."""
        return [(one.level, one.message) for one in self.ask(name, options) if isinstance(one, Log)]

    def _run(self, argv: Sequence[str], seconds: float) -> Ran:
        self.asked.append(tuple(argv))
        program = next((word for word in argv if word in self.answers), None)
        if program is None:
            raise FileNotFoundError(argv[0])
        answer = self.answers[program]
        return answer if isinstance(answer, Ran) else Ran(0, answer, "")


@pytest.fixture
def rig(tmp_path: Path) -> Rig:
    """An empty Linux machine."""
    return Rig(tmp_path)


@pytest.fixture
def saved(tmp_path: Path) -> Callable[[str], Rig]:
    """A copy of a saved machine: `saved("pc")`."""

    def made(name: str) -> Rig:
        shutil.copytree(SAVED / name, tmp_path / name, symlinks=True)
        return Rig(tmp_path / name)

    return made


@pytest.fixture
def other(tmp_path: Path) -> Iterator[Rig]:
    """This machine as if it had no /proc: what macOS and Windows have is psutil."""
    rig = Rig(Path(), "macos")
    rig.machine = rig.machine._replace(root="")
    yield rig
