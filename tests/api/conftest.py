"""The real application over a real ledger, without sockets, doors and history: for the nouns that need none
of these.

`api.owner` speaks as the owner; `api.client(...)` is a stranger, whose address and scheme the test chooses.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from wacket.api import (
    access,
    audit,
    completeness,
    errors,
    join_tokens,
    kiosk,
    login,
    machines,
    nodes,
    nodes_bulk,
    notes,
    people,
    place,
    preferences,
    retention,
    setup,
    tokens,
    views,
)
from wacket.api import settings as settings_seen
from wacket.bus.memory import Bus
from wacket.fleet import Fleet
from wacket.intake.catalogue import Catalogue
from wacket.ledger import nodes as node_rows
from wacket.ledger import passwords
from wacket.ledger.owner import owner_key
from wacket.ledger.store import Ledger
from wacket.ledger.tokens import Tokens
from wacket.settings import Settings

NOON = 1_800_000_000_000_000
PASSWORD = "correct horse"
LOOPBACK, ELSEWHERE = "127.0.0.1", "192.0.2.7"


class Api:
    """The application, its parts, and a clock that the test moves."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self.now, self._stack, settings = NOON, stack, Settings()
        ledger = Ledger.open(folder / "ledger.db")
        stack.callback(ledger.close)
        ledger.write_sync(lambda c: node_rows.create(c, "hub", "machine", "adopted", "hub", self.now))
        self.parts = SimpleNamespace(
            folder=folder,
            settings=settings,
            clock=lambda: self.now,
            ledger=ledger,
            tokens=Tokens(ledger, lambda: self.now),
            catalogue=(catalogue := Catalogue(ledger, settings.intake, lambda: self.now)),
            bus=(bus := Bus()),
            fleet=Fleet.open(folder / "keys", ledger, catalogue, bus, lambda: self.now),
            owner_key=owner_key(folder),
            questions=stack.enter_context(ThreadPoolExecutor(2)),
            addresses={"http": "127.0.0.1:8080"},
            origins={"doors.http": "command line"},
        )
        self.app = FastAPI(openapi_url="/api/v1/openapi.json")
        self.app.state.parts = self.parts
        errors.install(self.app)
        nouns = (audit, completeness, join_tokens, login, machines, nodes, nodes_bulk, people, retention, setup, tokens)
        kept = (kiosk, notes, place, preferences, settings_seen, views)
        for module in (*nouns, *kept):
            self.app.include_router(module.router)
        self.owner = self.client(peer=LOOPBACK, bearer=self.parts.owner_key)

    def client(self, peer: str = ELSEWHERE, bearer: str = "", scheme: str = "http") -> TestClient:
        headers = {"Authorization": f"Bearer {bearer}"} if bearer else {}
        client = TestClient(self.app, f"{scheme}://hub:8080", headers=headers, client=(peer, 50_000))
        return self._stack.enter_context(client)

    def person(self, role: str, name: str = "ada", **options: Any) -> TestClient:
        """A client that has signed in as a person of this role, and sends what programs send with a
        cookie.
        """
        made = self.owner.post("/api/v1/people", json={"name": name, "role": role, "password": PASSWORD})
        assert made.status_code == 201, made.text
        client = self.client(**options)
        assert self.sign_in(client, name).status_code == 200
        client.headers["X-Wacket"] = "1"
        return client

    def sign_in(self, client: TestClient, name: str = "ada", password: str = PASSWORD) -> Any:
        return client.post("/api/v1/login", json={"name": name, "password": password})

    def token(self, *scopes: str, **more: Any) -> str:
        made = self.owner.post("/api/v1/tokens", json={"name": "program", "scopes": scopes, **more})
        assert made.status_code == 201, made.text
        return made.json()["secret"]

    def acts(self, act: str | None = None) -> list[dict[str, Any]]:
        """What stands in the audit log, newest first."""
        rows = self.owner.get("/api/v1/audit", params={"limit": 1000}).json()["acts"]
        return [row for row in rows if act in (None, row["act"])]


@pytest.fixture
def api(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Api]:
    monkeypatch.setattr(passwords, "MEMORY_KIB", 64)
    monkeypatch.setattr(passwords, "PASSES", 1)
    assert access.is_loopback(LOOPBACK)
    with ExitStack() as stack:
        yield Api(tmp_path, stack)
