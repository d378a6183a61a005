"""The API driven from its own description with made-up requests, as the owner: no 5xx, and answers as described.

The hub runs on a thread of its own and is asked over its real HTTP door.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.conftest import FREE_PORTS, QUICK

from wacket.ledger import passwords

schemathesis = pytest.importorskip(
    "schemathesis", reason="schemathesis is not installed; `make setup` does that"
)
hypothesis = pytest.importorskip("hypothesis")

pytestmark = pytest.mark.slow

# Routes that are not driven, and why.
LEFT_OUT: dict[str, str] = {}
SMALL = {"doors.body_limit": 1_000_000, "history.query_seconds": 2, "clusters.sample": 100}

CHECKS = [
    schemathesis.checks.not_a_server_error,
    schemathesis.checks.content_type_conformance,
    schemathesis.checks.response_schema_conformance,
]


class Served:
    """A hub on a loop and thread of its own, from `with` to its end."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.address = self.key = ""
        self._open = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._live()), name="hub")

    def __enter__(self) -> Served:
        self._thread.start()
        assert self._open.wait(30)
        assert self.address, "the hub did not start"
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._over.set)
        self._thread.join(30)
        assert not self._thread.is_alive()

    async def _live(self) -> None:
        from wacket.hub import running

        self._loop, self._over = asyncio.get_running_loop(), asyncio.Event()
        try:
            async with running(self.folder, FREE_PORTS | QUICK | SMALL) as parts:
                self.address, self.key = parts.addresses["http"], parts.owner_key
                self._open.set()
                await self._over.wait()
        finally:
            self._open.set()


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with pytest.MonkeyPatch.context() as quick, Served(tmp_path_factory.mktemp("hub") / "data") as hub:
        quick.setattr(passwords, "MEMORY_KIB", 64)
        quick.setattr(passwords, "PASSES", 1)
        yield hub


def made_up(operation: Any, mode: str) -> Any:
    return operation.as_strategy(generation_mode=schemathesis.GenerationMode(mode))


def drive(served: Served, examples: int, phases: tuple[hypothesis.Phase, ...]) -> dict[str, str]:
    """Ask every route `examples` good and as many bad questions; by route, what went wrong."""
    owner = {"Authorization": f"Bearer {served.key}"}
    schema = schemathesis.openapi.from_url(f"http://{served.address}/api/v1/openapi.json", headers=owner)
    wrong: dict[str, str] = {}
    driven = 0
    for found in schema.get_all_operations():
        operation = found.ok()
        if operation.label in LEFT_OUT:
            continue
        driven += 1
        for mode in ("positive", "negative"):

            @hypothesis.settings(
                max_examples=examples,
                derandomize=True,
                database=None,
                deadline=None,
                phases=phases,
                suppress_health_check=list(hypothesis.HealthCheck),
            )
            @hypothesis.given(case=made_up(operation, mode))
            def ask(case: Any) -> None:
                case.call_and_validate(headers=owner, checks=CHECKS, timeout=30)

            try:
                ask()
            except hypothesis.errors.Unsatisfiable:
                assert mode == "negative", (
                    operation.label
                )  # a route without parameters cannot be asked wrongly
            except Exception as error:
                wrong[f"{operation.label} ({mode})"] = f"{type(error).__name__}: {error}"[:2000]
    assert driven > 40
    return wrong


def test_a_few_made_up_requests_of_each_route(served: Served) -> None:
    assert drive(served, 3, (hypothesis.Phase.explicit, hypothesis.Phase.generate)) == {}


@pytest.mark.torture
@pytest.mark.timeout(3600)
def test_many_made_up_requests_of_each_route(served: Served, request: pytest.FixtureRequest) -> None:
    if "torture" not in str(request.config.option.markexpr):
        pytest.skip("only with -m torture: takes many minutes")
    assert drive(served, 300, tuple(hypothesis.Phase)) == {}
