"""An agent that reads log files and does nothing else, for tests that move its clock and start it again."""

from __future__ import annotations

from pathlib import Path

from wacket_agent.logs import files
from wacket_agent.logs.files import FileLogs

from .conftest import AT, Kept


class Machine:
    """An agent that reads files of one folder, and can be started again."""

    def __init__(self, folder: Path, kept: Kept, pattern: str = "*.log", at_end: bool = False) -> None:
        self.folder, self.kept, self.pattern = folder, kept, str(folder / pattern)
        self.now = 1000.0
        self.start(at_end)

    def start(self, at_end: bool = False) -> None:
        outlet = self.kept.outlet()
        self.outlet = outlet
        self.logs = FileLogs([self.pattern], outlet.marked(files.MARKS), outlet, at_end)

    def restart(self) -> None:
        self.logs.close()
        self.start()

    def poll(self, seconds: float = 11.0) -> list[str]:
        """All messages so far. As much later than the last time that patterns are looked for again."""
        self.now += seconds
        self.outlet.begin_turn()
        self.logs.poll(self.now, AT)
        return self.kept.messages()


def append(path: Path, text: str) -> None:
    with path.open("a", newline="") as file:
        file.write(text)
