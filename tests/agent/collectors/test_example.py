"""Law 7: the collector that the how-to page shows is a collector."""

from __future__ import annotations

import re
import types
from pathlib import Path

from wacket_agent.collectors._context import Context
from wacket_agent.lines import Log, Point

PAGE = Path(__file__).parents[3] / "docs" / "how-to" / "add-a-collector.md"


def test_it_collects(rig):
    module = types.ModuleType("example")
    exec(re.search(r"```py\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)[1], module.__dict__)
    assert module.PERIOD > 0
    context = Context(rig.machine)
    rig.write("/proc/sys/fs/file-nr", "1000\t0\t10000\n")
    assert list(module.collect(context)) == [Point("files", {"open": 1000, "used_percent": 10.0})]
    rig.write("/proc/sys/fs/file-nr", "9500\t0\t10000\n")
    assert list(module.collect(context))[1:] == [Log("open files are nearly used up", "warn")]
    assert list(module.collect(context))[1:] == []
