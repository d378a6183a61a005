"""Fixtures that any test may use: a whole hub with its doors open, and the real data where they are at hand."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from tests.support.events import made_events

from wacket.api.parts import Parts

# How long an example takes is the machine's affair, which may be busy.
settings.register_profile("wacket", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("wacket")

FREE_PORTS = {"doors.http": "127.0.0.1:0", "doors.tcp": "127.0.0.1:0", "doors.udp": "127.0.0.1:0"}
QUICK = {"history.reserve_bytes": 1}  # a test machine may have little free space
# What a hub has is then what its test sent. For the hubs of this process and for those that tests start as processes.
os.environ.setdefault("WACKET_HUB_OWN_MACHINE", "false")


@pytest.fixture
async def hub(tmp_path: Path) -> AsyncIterator[Parts]:
    """A running hub on free ports; `hub.addresses` tells them."""
    from wacket.hub import running

    async with running(tmp_path / "data", FREE_PORTS | QUICK) as parts:
        yield parts


@pytest.fixture
def start_hub(tmp_path: Path) -> Callable[..., AbstractAsyncContextManager[Parts]]:
    """Starts a hub with settings of the test's choice: `async with start_hub(**{"intake.strangers": "refuse"})`."""
    from wacket.hub import running

    def start(**overrides: Any) -> AbstractAsyncContextManager[Parts]:
        return running(tmp_path / "data", FREE_PORTS | QUICK | overrides)

    return start


@pytest.fixture(params=["made", "real"])
def energy_events(request: pytest.FixtureRequest) -> list[str]:
    """A thousand energy events of one second: such as we make, and the real ones where they are at hand."""
    events: list[str] = made_events() if request.param == "made" else request.getfixturevalue("real_events")
    return events


@pytest.fixture
def real_events() -> list[str]:
    """The thousand real energy events; the test is skipped where they are not at hand."""
    folder = Path(os.environ.get("WACKET_SHARED_DATA", Path(__file__).parents[2] / "shared" / "data"))
    path = folder / "energy-events.txt"
    if not path.exists():
        pytest.skip("the file of real energy events is not here (set WACKET_SHARED_DATA to its folder)")
    return path.read_text("utf-8").splitlines()


LONGEST = 0.1  # seconds of a test that is not marked slow (law 3)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Names tests that should be marked slow. It fails nothing: a clock also measures what else the machine does."""
    ended = [report for kind in ("passed", "failed") for report in terminalreporter.stats.get(kind, ())]
    slow = [
        (report.duration, report.nodeid)
        for report in ended
        if report.when == "call" and report.duration > LONGEST and not {"slow", "torture"} & set(report.keywords)
    ]
    for seconds, name in sorted(slow, reverse=True)[:10]:
        terminalreporter.write_line(f"{seconds:.2f} s, and not marked slow: {name}")
