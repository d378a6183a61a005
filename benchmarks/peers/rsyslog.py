"""rsyslog 8.2302: imtcp to omfile with its stock file format. Plain, it leaves the disk to the kernel."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from benchmarks.harness import Address, Server, answers, free_port, wait_until

PACKAGE, PROGRAM = "rsyslog", "/usr/sbin/rsyslogd"

SETTINGS = """\
global(workDirectory="{folder}")
module(load="imtcp")
input(type="imtcp" address="127.0.0.1" port="{port}")
action(type="omfile" file="{folder}/lines.log" template="RSYSLOG_FileFormat" sync="{sync}")
"""


class Rsyslog(Server):
    name = "rsyslog"

    def __init__(self, folder: Path, sync: bool = False) -> None:
        super().__init__(folder)
        self.tcp: Address = ("127.0.0.1", free_port())
        self._sync = "on" if sync else "off"
        self._seen = 0

    def prepare(self) -> None:
        text = SETTINGS.format(folder=self.folder, port=self.tcp[1], sync=self._sync)
        (self.folder / "rsyslog.conf").write_text(text, "utf-8")

    def command(self) -> Sequence[str]:
        return (PROGRAM, "-n", "-iNONE", "-C", "-f", str(self.folder / "rsyslog.conf"))

    def ready(self) -> bool:
        return answers(self.tcp)

    def wait_for_lines(self, lines: int) -> None:
        """Returns when `lines` more lines are in the file."""
        wanted, self._seen = self._seen + lines, self._seen + lines
        counted = 0
        with (self.folder / "lines.log").open("rb") as file:

            def complete() -> bool:
                nonlocal counted
                while piece := file.read(1 << 20):
                    counted += piece.count(b"\n")
                return counted >= wanted

            wait_until(complete, f"{wanted} lines in the file", 600)
