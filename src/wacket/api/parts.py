"""The running hub as the API's routes see it. Filled by hub.py; builds nothing itself."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, ParamSpec, TypeVar

if TYPE_CHECKING:
    from wacket.bus.memory import Bus
    from wacket.classes.classroom import Classroom
    from wacket.classes.desk import ClassDesk
    from wacket.commands.jobs import Jobs
    from wacket.commands.signer import Signer
    from wacket.fleet import Fleet
    from wacket.history import History
    from wacket.history.query import Query
    from wacket.intake.admission import Admission
    from wacket.intake.catalogue import Catalogue
    from wacket.intake.intake import Intake
    from wacket.ledger.store import Ledger
    from wacket.ledger.tokens import Tokens
    from wacket.seams import Edge
    from wacket.settings import Settings
    from wacket.watch.clusters import ClusterWatch

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(slots=True)
class Parts:
    """`clock` gives microseconds since 1970 UTC. `edges` are what health and /metrics ask.

    `questions` are the threads for what may take seconds; a login or a board never waits behind those.
    """

    folder: Path
    settings: Settings
    clock: Callable[[], int]
    ledger: Ledger
    tokens: Tokens
    history: History
    query: Query
    questions: Executor
    catalogue: Catalogue
    admission: Admission
    intake: Intake
    bus: Bus
    desk: ClassDesk
    classroom: Classroom
    clusters: ClusterWatch
    fleet: Fleet
    signer: Signer
    jobs: Jobs
    owner_key: str
    edges: dict[str, Edge] = field(default_factory=dict)
    addresses: dict[str, str] = field(default_factory=dict)  # door -> "host:port" as really bound
    fingerprint: str | None = None  # of the hub's certificate; None where no door shows it
    origins: dict[str, str] = field(default_factory=dict)  # "section.name" of a setting -> who said it
    started: int = 0  # µs since 1970


async def apart(parts: Parts, work: Callable[P, T], *args: P.args, **named: P.kwargs) -> T:
    """The result of `work`, done on the threads for questions."""
    return await asyncio.get_running_loop().run_in_executor(parts.questions, lambda: work(*args, **named))
