"""The wiring: settings → parts → one TaskGroup. Nothing else builds a part, and nothing here does a part's work.

Parts are made in the order in which they depend on each other, before any socket opens, and ended in the reverse order:
doors close, what they took in goes to disk, stores close.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import logging
import resource
import secrets
import signal
import time
from collections.abc import AsyncIterator, Callable, Collection, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from wacket import __version__, heap
from wacket.api.parts import Parts
from wacket.api.setup import address_of
from wacket.api.watching.acts import changed_by
from wacket.backup import restoring
from wacket.bus.memory import Bus
from wacket.classes.classroom import Classroom
from wacket.commands.issuing import Node
from wacket.commands.jobs import Jobs
from wacket.commands.signer import Signer
from wacket.entrance import fingerprint, open_doors
from wacket.errors import WacketError
from wacket.fleet import Fleet
from wacket.fleet.filling import Filling
from wacket.fleet.presence import Presence
from wacket.folder import alone, told_where
from wacket.history import History
from wacket.history.query import Query
from wacket.history.shapes import RetentionRule
from wacket.intake.admission import Admission
from wacket.intake.catalogue import Catalogue
from wacket.intake.intake import Intake
from wacket.ledger import nodes, people, retention, setup
from wacket.ledger.audit import Act
from wacket.ledger.owner import owner_key
from wacket.ledger.store import Ledger
from wacket.ledger.tokens import Tokens
from wacket.settings import Settings, load_with_origins
from wacket.watch.clusters import ClusterWatch
from wacket.watch.features import EnergyEvents

log = logging.getLogger(__name__)

FLUSH_SECONDS = 10
GATHER_SECONDS = 0.2  # what changes on many agents at once is written down at once
QUESTIONS_AT_ONCE = 8  # more wait; the engine itself uses fewer threads
HOUR = 3_600_000_000


class Ready(NamedTuple):
    """What is announced when every door is open. `setup_link` only while nobody has an account."""

    addresses: dict[str, str]
    setup_link: str | None
    seconds: float
    folder: Path
    fingerprint: str | None


def microseconds() -> int:
    """The hub's clock: microseconds since 1970 UTC."""
    return time.time_ns() // 1000


def run(
    folder: Path,
    overrides: Mapping[str, Any],
    announce: Callable[[Ready], None],
    defaults: Mapping[str, Any] | None = None,
) -> None:
    """Run the hub on `folder` until SIGINT or SIGTERM. Raises BadSettings, also where an address cannot be had."""
    began = time.perf_counter()
    heap.keep_freed()
    _allow_open_files()

    async def main() -> None:
        ended = asyncio.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, ended.set)
        async with running(folder, overrides, defaults=defaults) as parts:
            link = await setup_link(parts)
            announce(Ready(parts.addresses, link, time.perf_counter() - began, folder, parts.fingerprint))
            await ended.wait()

    with asyncio.Runner(loop_factory=_loop()) as runner:
        runner.run(main())


def _allow_open_files() -> None:
    """As many as the system lets us have: each connection and each file that a question reads is one."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    with contextlib.suppress(ValueError, OSError):  # macOS allows less than it says
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


@asynccontextmanager
async def running(
    folder: Path,
    overrides: Mapping[str, Any] | None = None,
    clock: Callable[[], int] = microseconds,
    defaults: Mapping[str, Any] | None = None,
) -> AsyncIterator[Parts]:
    """A whole hub with its doors open, for as long as the context lasts."""
    async with AsyncExitStack() as stack:
        stack.enter_context(alone(folder))
        restoring.finish(folder)
        settings, origins = load_with_origins(folder, overrides=overrides, defaults=defaults)
        parts, query = _build(folder, settings, clock, stack)
        parts.origins, parts.started = origins, clock()
        # At start everything lives long; without this the collector walks all of it again and again.
        gc.collect()
        gc.freeze()
        heap.give_back()
        _tell_of_acts(parts)
        async with asyncio.TaskGroup() as tasks:
            going = [tasks.create_task(job, name=name) for name, job in _jobs(parts, query).items()]
            doors = await open_doors(parts, tasks)
            parts.fingerprint = fingerprint(parts)
            stack.enter_context(told_where(folder, __version__, parts.fingerprint, parts.addresses))
            try:
                yield parts
            finally:
                await doors.aclose()
                with contextlib.suppress(WacketError):  # when a node was last heard is not worth failing for
                    await parts.admission.flush()
                    await parts.fleet.flush()
                for task in going:
                    task.cancel()


def _build(folder: Path, settings: Settings, clock: Callable[[], int], stack: AsyncExitStack) -> tuple[Parts, Query]:
    ledger = Ledger.open(folder / "ledger.db")
    stack.callback(ledger.close)
    ledger.write_sync(lambda c: nodes.create(c, "hub", "machine", "adopted", nodes.HUB_IDENTITY, clock()))
    history = History.open(folder / "history", settings.history, clock)
    stack.callback(history.close)
    query = Query(history, settings.history)
    stack.callback(query.close)
    questions = ThreadPoolExecutor(QUESTIONS_AT_ONCE, thread_name_prefix="question")
    stack.callback(questions.shutdown)
    bus, tokens = Bus(), Tokens(ledger, clock)
    catalogue = Catalogue(ledger, settings.intake, clock)
    intake = Intake(history, catalogue, bus, settings.intake, clock)
    stack.callback(intake.close)
    fleet = Fleet.open(folder / "keys", ledger, catalogue, bus, clock)
    fleet.overview.cursor = history.position
    signer = Signer.open(folder / "keys")
    agents, admit = partial(_nodes, catalogue, fleet.presence), history.space.admit
    jobs = Jobs.open(folder, settings.commands, ledger, signer, bus, agents, clock, admit)
    stack.callback(jobs.close)
    admission = Admission(ledger, catalogue, tokens, settings.intake, clock, fleet.presence.heard)
    classroom = Classroom.open(ledger, jobs, bus, clock, admit)
    parts = Parts(
        folder=folder,
        settings=settings,
        clock=clock,
        ledger=ledger,
        tokens=tokens,
        history=history,
        query=query,
        questions=questions,
        catalogue=catalogue,
        admission=admission,
        intake=intake,
        bus=bus,
        desk=classroom.desk,
        classroom=classroom,
        clusters=ClusterWatch(settings.clusters, ledger, bus, EnergyEvents(query, admission), clock),
        fleet=fleet,
        signer=signer,
        jobs=jobs,
        owner_key=owner_key(folder),
    )
    for name in ("intake", "admission", "catalogue", "history", "query", "bus", "desk", "clusters", "jobs"):
        parts.edges[name] = getattr(parts, name)
    parts.edges |= {"classroom": classroom, "presence": fleet.presence, "completeness": fleet.completeness}
    parts.edges["overview"] = fleet.overview
    return parts, query


def _nodes(catalogue: Catalogue, presence: Presence, names: Collection[str] | None) -> list[Node]:
    """Nodes as those who make jobs look at them: all, or those of these names."""
    named = catalogue.nodes() if names is None else [row for name in names if (row := catalogue.node_named(name))]
    return [Node(row, presence.state_of(row), presence.about(row.id)) for row in named]


def _jobs(parts: Parts, query: Query) -> dict[str, Any]:
    """What goes on in the background; any of them failing ends the hub."""
    return {
        "intake": parts.intake.run(),
        "history": parts.history.run(lambda: retention_rules(parts)),
        "clusters": parts.clusters.run(),
        "jobs": parts.jobs.run(),
        "class": parts.classroom.run(),
        "presence": parts.fleet.presence.run(),
        "overview": parts.fleet.overview.run(),
        "filling": Filling(parts.fleet.overview, parts.catalogue, query, parts.clock).run(),
        "keeping": _keep_up(parts),
    }


def _tell_of_acts(parts: Parts) -> None:
    """What people do makes answers old that pages show: the bus is told, on the loop, once it is on disk."""
    loop = asyncio.get_running_loop()

    def noted(acts: list[Act]) -> None:
        with contextlib.suppress(RuntimeError):  # the loop has ended: nobody looks any more
            loop.call_soon_threadsafe(parts.bus.publish_nowait, "changed", changed_by(acts))

    parts.ledger.noted = noted


async def _keep_up(parts: Parts) -> None:
    """Small things that must be written down now and then; what fails now is tried again the next time."""
    failing, written = "", -1
    while True:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(parts.fleet.agents.matters.wait(), FLUSH_SECONDS)
        await asyncio.sleep(GATHER_SECONDS)
        try:
            await parts.admission.flush()
            await parts.tokens.flush()
            await parts.fleet.flush()
            if (changes := parts.catalogue.changes) != written:
                await asyncio.to_thread(_write_catalogue, parts)
                written = changes
            await parts.intake.forget_before(parts.clock() - int(parts.settings.intake.idempotency_hours * HOUR))
        except (WacketError, OSError) as error:
            if str(error) != failing:
                log.warning("not written down, and tried again: %s", error)
            failing = str(error)
        else:
            failing = ""


def _write_catalogue(parts: Parts) -> None:
    """In a thread: a hundred thousand series take a fifth of a second to list alone."""
    parts.history.write_catalogue(parts.catalogue.find())


def retention_rules(parts: Parts) -> list[RetentionRule]:
    """The ledger's rules with their globs resolved to series; the settings' own rule comes last."""
    resolved = [
        RetentionRule(
            frozenset(series.id for series in parts.catalogue.find([rule.match])),
            rule.readings_days,
            rule.rollup_days,
        )
        for rule in parts.ledger.read(retention.rules)
    ]
    defaults = parts.settings.history
    return [*resolved, RetentionRule(None, defaults.readings_days, defaults.rollup_days)]


async def setup_link(parts: Parts) -> str | None:
    """A fresh one-time link if nobody has an account yet."""
    if parts.ledger.read(people.anybody):
        return None
    link = await parts.ledger.write(
        lambda connection: setup.issue(connection, secrets.token_bytes(setup.RANDOM_BYTES), parts.clock())
    )
    return f"{address_of(parts)}/s/{link.code}" if parts.addresses.keys() & {"http", "https"} else None


def _loop() -> Callable[[], asyncio.AbstractEventLoop] | None:
    with contextlib.suppress(ImportError):
        import uvloop

        return uvloop.new_event_loop
    return None
