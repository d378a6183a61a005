"""What the machine tells about itself: each module here is a collector, and its file name is its name in settings.

A collector has `PERIOD`, the seconds between two turns, and `collect(context)`, which gives points and logs
(`wacket_agent.lines`). It may have `LIMIT`, the seconds that a turn may take, and `AFTER`, the seconds from the agent's
start to its first turn: what costs a lot must not be paid each time that an agent is started again. It raises `Absent`
where the machine has nothing of the kind, and anything else when it fails. Modules whose name begins with `_` are
shared and are none.
"""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules
from typing import Any, Callable, Iterable, NamedTuple

from wacket_agent.collectors._context import Context

LIMIT = 10.0


class Collector(NamedTuple):
    """One thing that is asked every `period` seconds, and given up on after `limit`. `source` is that of its logs,
    `after` how long it is left alone at first.
    """

    name: str
    period: float
    limit: float
    collect: Callable[[Context], Iterable[Any]]
    source: str
    after: float = 0.0


def known() -> list[str]:
    """The names of all collectors, sorted. Works inside a zip file too."""
    return sorted(part.name for part in iter_modules(__path__) if not part.name.startswith("_"))


def find(name: str) -> Collector:
    module: Any = import_module(f"{__name__}.{name}")
    limit, after = getattr(module, "LIMIT", LIMIT), getattr(module, "AFTER", 0.0)
    return Collector(name, module.PERIOD, limit, module.collect, name, after)
