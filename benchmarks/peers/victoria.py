"""VictoriaMetrics 1.79, single node. It answers before the data is on disk: up to some seconds can be lost."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from benchmarks.harness import Address, Server, answers, free_port

PACKAGE, PROGRAM = "victoria-metrics", "/usr/bin/victoria-metrics"


class VictoriaMetrics(Server):
    name = "victoriametrics"
    path = "/write?db=bench"

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.http: Address = ("127.0.0.1", free_port())

    def command(self) -> Sequence[str]:
        store, door = f"-storageDataPath={self.folder}/store", f"-httpListenAddr=127.0.0.1:{self.http[1]}"
        return (PROGRAM, store, door, "-loggerLevel=WARN", "-retentionPeriod=12")

    def ready(self) -> bool:
        return answers(self.http)
