"""The API driven from its own description with made-up requests, as the owner: no 5xx, and answers as described.

The hub runs on a thread of its own and is asked over its real HTTP door.
"""

from __future__ import annotations

import asyncio
import threading
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from tests.conftest import FREE_PORTS, QUICK

from wacket.ledger import passwords

schemathesis = pytest.importorskip("schemathesis", reason="schemathesis is not installed; `make setup` does that")
pytestmark = pytest.mark.slow

# Routes that are not driven, and why.
LEFT_OUT: dict[str, str] = {}
# These ask for a device's token, and on the hub's own machine for none; the owner's key is not one.
SENDS = ("POST /write", "POST /api/v2/write", "POST /api/v1/ingest/{name}", "POST /log/store")
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


class Examiner:
    """Asks every route good and bad questions. By route: `wrong` says what went wrong, `statuses` what was answered."""

    def __init__(self, served: Served, examples: int, phases: tuple[hypothesis.Phase, ...]) -> None:
        self.served = served
        self.wrong: dict[str, str] = {}
        self.statuses: dict[str, Counter[int]] = defaultdict(Counter)
        self._settings = hypothesis.settings(
            max_examples=examples,
            derandomize=True,
            database=None,
            phases=phases,
            suppress_health_check=list(hypothesis.HealthCheck),
        )

    def examine(self) -> None:
        schema = schemathesis.openapi.from_url(f"http://{self.served.address}/api/v1/openapi.json")
        for found in schema.get_all_operations():
            operation = found.ok()
            if operation.label not in LEFT_OUT:
                self._examine(operation, "positive")
                self._examine(operation, "negative")

    def _examine(self, operation: Any, mode: str) -> None:
        label = operation.label
        key = {} if label in SENDS else {"Authorization": f"Bearer {self.served.key}"}

        def ask(case: Any) -> None:
            response = case.call(headers=key, timeout=30)
            self.statuses[label][response.status_code] += 1
            case.validate_response(response, checks=CHECKS)

        cases = operation.as_strategy(generation_mode=schemathesis.GenerationMode(mode))
        try:
            given: Any = hypothesis.given(cases)
            self._settings(given(ask))()
        except hypothesis.errors.Unsatisfiable:
            assert mode == "negative", label  # there is no wrong way to ask a route without parameters
        except Exception as error:
            self.wrong[f"{label} ({mode})"] = f"{type(error).__name__}: {error}"[:2000]


def test_a_few_made_up_requests_of_each_route(served: Served) -> None:
    examiner = Examiner(served, 3, (hypothesis.Phase.explicit, hypothesis.Phase.generate))
    examiner.examine()
    assert examiner.wrong == {}
    assert len(examiner.statuses) > 40
    # It came past the door: most routes had something good to say.
    kind = [label for label, statuses in examiner.statuses.items() if min(statuses) < 300]
    assert len(kind) > len(examiner.statuses) / 2, examiner.statuses


@pytest.mark.torture
@pytest.mark.timeout(3600)
def test_many_made_up_requests_of_each_route(served: Served, request: pytest.FixtureRequest) -> None:
    if "torture" not in str(request.config.option.markexpr):
        pytest.skip("only with -m torture: takes many minutes")
    examiner = Examiner(served, 300, tuple(hypothesis.Phase))
    examiner.examine()
    assert examiner.wrong == {}
