"""What an agent costs its machine with all default collectors, and how soon the hub sees that it is gone."""

from __future__ import annotations

import time

import psutil  # type: ignore[import-untyped]
from tests.support.cutting import cutting

from benchmarks.agents import Agent, agent, join_token, percentile, presence
from benchmarks.harness import Hub, Server, wait_until, work_folder
from benchmarks.report import Figure, Options


def shared_once(server: Server) -> int:
    """Bytes of the process and its children, pages that several of them have counted once (PSS), as a cgroup counts."""
    own = psutil.Process(server.pid)
    return sum(int(part.memory_full_info().pss) for part in (own, *own.children(recursive=True)))


def cost(options: Options) -> list[Figure]:
    seconds = options.pick(180, 30)
    with work_folder(options.folder) as folder, Hub(folder / "hub") as hub, agent(hub, folder / "agent") as real:
        time.sleep(options.pick(60, 15))  # every collector but the daily ones has had its turn
        cpu, began = real.cpu_seconds(), time.monotonic()
        time.sleep(seconds)
        share = (real.cpu_seconds() - cpu) / (time.monotonic() - began) * 100
        own = psutil.Process(real.pid)
        main = own.memory_info().rss / 1e6
        rest = sum(part.memory_info().rss for part in own.children(recursive=True)) / 1e6
        note = f"RSS of the agent itself {main:.1f} MB, of its nursery and children {rest:.1f} MB, most of it shared"
        return [
            Figure("agent, all default collectors: memory", shared_once(real) / 1e6, "MB PSS", 35, 25, "low", note),
            Figure("agent, all default collectors: processor", share, "% of a core", 1, 0.3, "low", f"{seconds} s"),
        ]


def gone(options: Options) -> list[Figure]:
    """Seconds until the hub says off, and down."""
    closed, pulled = [], []
    with work_folder(options.folder) as folder, Hub(folder / "hub") as hub, cutting(hub.http) as network:
        real = Agent(folder / "agent", "real", network.address, (), join_token(hub, 1))
        real.join()
        for _ in range(options.pick(3, 1)):
            real.start()
            wait_until(lambda: presence(hub, "real") == "up", "up", 30)
            began = time.monotonic()
            real.end()
            wait_until(lambda: presence(hub, "real") == "off", "off", 30)
            closed.append(time.monotonic() - began)
            real.start()
            wait_until(lambda: presence(hub, "real") == "up", "up again", 30)
            began = time.monotonic()
            network.stall()
            wait_until(lambda: presence(hub, "real") == "down", "down", 60)
            pulled.append(time.monotonic() - began)
            real.kill()
            network.cut()
            network.flow()
    return [
        Figure("shown as off after an agent was ended", percentile(closed, 1), "s", 1, 0.3, "low", "worst of all"),
        Figure("shown as down after the cable was pulled", percentile(pulled, 1), "s", 15, 10, "low", "worst of all"),
    ]


def measure(options: Options) -> list[Figure]:
    return [*cost(options), *gone(options)]
