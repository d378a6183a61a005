"""wacket run and wacket job against a real hub, whose machines a test scripts."""

from __future__ import annotations

import asyncio
import json
import socket
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from typing import Any

import pytest
from tests.support.agents import FakeAgent, joined
from tests.support.ask import send
from tests.support.commandline import wacket

from wacket.api.parts import Parts

pytestmark = pytest.mark.slow
StartHub = Callable[..., AbstractAsyncContextManager[Parts]]


@asynccontextmanager
async def machines(hub: Parts, *names: str, answer: Callable[..., Any]) -> AsyncIterator[list[dict[str, Any]]]:
    """Machines that answer each command with `answer(name)`: (out, err, code). The commands that came."""
    came: list[dict[str, Any]] = []
    raw = json.dumps({"uses": len(names), "accept": True, "tags": {"demo": ""}}).encode()
    _, _, made = await send(hub, "POST", "/api/v1/join-tokens", raw, owner=True, content_type="application/json")
    token = json.loads(made)["token"]

    async def serve(agent: FakeAgent, name: str) -> None:
        async def respond(agent: FakeAgent, envelope: dict[str, Any]) -> None:
            came.append(envelope)
            out, err, code = answer(name)
            await agent.succeed(envelope, out, err, code)

        await agent.serve(respond)

    async with asyncio.TaskGroup() as tasks, AsyncExitStack() as stack:
        for name in names:
            agent = await stack.enter_async_context(joined(f"ws://{hub.addresses['http']}", token, name))
            tasks.create_task(serve(agent, name))
        yield came


async def test_one_machine_s_output_and_end_come_as_they_are(hub: Parts) -> None:
    async with machines(hub, "demo-01", answer=lambda _: (b"a\nb\n", b"odd\n", 3)) as came:
        ran = await wacket(hub, "run", "demo-01", "--env", "A=1", "--timeout", "2m", "--", "ls", "-l")
        assert (ran.code, ran.out) == (1, "a\nb\n")
        assert ran.err.startswith("odd\n") and "demo-01: exit 3     wacket job show 1" in ran.err
        (envelope,) = came
        assert (envelope["argv"], envelope["env"], envelope["timeout"]) == (["ls", "-l"], {"A": "1"}, 120)
        assert (await wacket(hub, "run", "demo-01", "--exit-code", "--", "x")).code == 3


async def test_many_answers_are_folded_and_kept(hub: Parts) -> None:
    names = [f"demo-{number:02}" for number in range(1, 6)]
    said = {"demo-04": (b"94%\n", b"", 0), "demo-05": (b"", b"no such file\n", 2)}
    async with machines(hub, *names, answer=lambda name: said.get(name, (b"61%\n", b"", 0))):
        ran = await wacket(hub, "run", "tag:demo", "--", "df")
        table = [
            "61%             demo-[01-03]  (3)",
            "94%             demo-04       (1)",
            "✗ no such file  demo-05       (1) exit 2",
        ]
        assert ran.out.splitlines() == table and ran.code == 3
        assert ran.err.startswith("3 ok, 1 differs, 1 failed in")
        shown = await wacket(hub, "job", "show", "1")
        assert shown.out.splitlines()[-3:] == table and "demo-05" in shown.out
        assert (await wacket(hub, "job", "logs", "1", "demo-04")).out == "94%\n"
        assert "4 succeeded, 1 failed" in (await wacket(hub, "job", "ls")).out
        live = await wacket(hub, "run", "tag:demo", "--live", "--", "df")
        assert sorted(live.out.splitlines())[3] == "demo-04 │ 94%"
        again = await wacket(hub, "job", "retry", "1")
        assert again.code == 1 and again.err.splitlines()[0] == "no such file"
        assert (await wacket(hub, "job", "repeat", "1")).out.splitlines() == table


async def test_machines_that_are_away_are_told_and_their_commands_can_be_cancelled(hub: Parts) -> None:
    async with machines(hub, "demo-01", answer=lambda _: (b"", b"", 0)):
        assert (await wacket(hub, "run", "demo-01", "--", "true")).code == 0
    ran = await wacket(hub, "run", "demo-01", "--", "true")
    assert ran.code == 1 and "demo-01 is not there; its command waits until" in ran.err
    assert (await wacket(hub, "job", "cancel", "2")).code == 0
    assert "cancelled" in (await wacket(hub, "job", "show", "2")).out


async def test_a_target_that_nobody_fits_does_nothing(hub: Parts) -> None:
    for words in (("nothing",), ("tag:none",), ("!demo-01",)):
        ran = await wacket(hub, "run", *words, "--", "reboot")
        assert ran.code == 1 and ran.out == "", ran
        assert (await wacket(hub, "run", *words, "-n", "--", "reboot")).code == 1
    assert json.loads((await wacket(hub, "job", "ls", "--json")).out) == []


async def test_schedules_are_made_listed_and_removed(hub: Parts) -> None:
    async with machines(hub, "demo-01", answer=lambda _: (b"", b"", 0)):
        ran = await wacket(hub, "run", "demo-01", "--every", "1d", "--at", "03:00", "--", "./clean-up")
        assert ran.code == 0, ran.err
        assert "./clean-up" in (await wacket(hub, "job", "schedule", "ls")).out
        assert (await wacket(hub, "job", "schedule", "rm", "1")).code == 0
        assert (await wacket(hub, "job", "schedule", "ls")).out == ""


async def test_the_whole_command_takes_a_fraction_of_a_second(hub: Parts) -> None:
    async with machines(hub, "demo-01", answer=lambda _: (b"", b"", 0)):
        took = []
        for _ in range(5):
            began = time.perf_counter()
            assert (await wacket(hub, "run", "demo-01", "--", "true")).code == 0
            took.append(time.perf_counter() - began)
        assert min(took) < 0.35, took


async def test_a_hub_that_ends_waits_for_nobody_who_follows(start_hub: StartHub) -> None:
    """The server's own grace for answers under way is 5 s."""
    async with AsyncExitStack() as ending:
        hub = await ending.enter_async_context(start_hub())
        async with machines(hub, "demo-01", answer=lambda _: (b"", b"", 0)):
            pass
        raw = json.dumps({"target": "demo-01", "argv": ["x"]}).encode()
        headers = {"content_type": "application/json", "Accept": "application/x-ndjson"}
        asked = [send(hub, "POST", "/api/v1/jobs", raw, owner=True, **headers) for _ in range(5)]
        following = [asyncio.create_task(one) for one in asked]
        async with asyncio.timeout(10):
            while hub.jobs.statistics()["followers"] < 5:  # noqa: ASYNC110 - a count has nothing to wait for
                await asyncio.sleep(0.001)
        async with asyncio.timeout(3):
            await ending.aclose()
        for status, _, answer in [await one for one in following]:
            assert status == 201 and b'"event":"job"' in answer and b'"end"' not in answer


async def test_a_hub_that_is_restarted_meanwhile_is_waited_for(start_hub: StartHub) -> None:
    """What the machine went on to say in between is there, nothing twice, and nothing was begun again."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        door = {"doors.http": f"127.0.0.1:{free.getsockname()[1]}"}
    async with start_hub(**door) as hub:
        raw = json.dumps({"accept": True}).encode()
        _, _, made = await send(hub, "POST", "/api/v1/join-tokens", raw, owner=True, content_type="application/json")
        agent = FakeAgent(f"ws://{hub.addresses['http']}")
        assert (await agent.join(json.loads(made)["token"], "demo-01"))["t"] == "welcome"
        await agent.send({"t": "commands", "commands": []})
        running = asyncio.create_task(wacket(hub, "run", "demo-01", "--", "slowly"))
        number = agent.envelope((await agent.hear("command")).message)["id"]
        await agent.state(number, "accepted")
        await agent.state(number, "running")
        offset = await agent.output(number, 0, (1, b"one\n"), (2, b"odd\n"))
        while (await agent.hear("have")).message["offset"] < offset:
            pass
    await agent.close()
    async with start_hub(**door):
        assert (await agent.auth())["t"] == "welcome"
        await agent.send({"t": "commands", "commands": [{"id": number, "state": "running"}]})
        assert (await agent.hear("have")).message["offset"] == offset
        end = await agent.output(number, offset, (1, b"two\n"))
        known = {"signal": 0, "reason": "", "seconds": 1.0, "peak": 1 << 20, "killed": [], "files": []}
        await agent.state(number, "succeeded", exit=0, out=8, err=4, end=end, **known)
        assert await running == (0, "one\ntwo\n", "odd\n")
        await agent.close()
