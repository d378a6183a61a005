"""InfluxDB 1.6.7. With its default `wal-fsync-delay = "0s"` it answers a write after the WAL is on disk."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from benchmarks.harness import Address, Server, answers, free_port
from benchmarks.senders import Answers, connect, request

PACKAGE, PROGRAM = "influxdb", "/usr/bin/influxd"

SETTINGS = """\
reporting-disabled = true
bind-address = "127.0.0.1:{rpc}"
[meta]
  dir = "{folder}/meta"
[data]
  dir = "{folder}/data"
  wal-dir = "{folder}/wal"
  query-log-enabled = false
[http]
  bind-address = "127.0.0.1:{http}"
  log-enabled = false
[monitor]
  store-enabled = false
"""


class InfluxDB(Server):
    name = "influxdb"
    path = "/write?db=bench"

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.http: Address = ("127.0.0.1", free_port())
        self._rpc = free_port()

    def prepare(self) -> None:
        text = SETTINGS.format(folder=self.folder, http=self.http[1], rpc=self._rpc)
        (self.folder / "influxdb.conf").write_text(text, "utf-8")

    def command(self) -> Sequence[str]:
        return (PROGRAM, "-config", str(self.folder / "influxdb.conf"))

    def ready(self) -> bool:
        if not answers(self.http):
            return False
        with connect(self.http) as connection:
            connection.sendall(request("/query?q=create%20database%20bench", b""))
            return Answers(connection).next()[0] == 200
