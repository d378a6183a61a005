"""Crowds of agents: one command to all of them, idle ones, and all of them after the hub was started again."""

from __future__ import annotations

import time

from benchmarks.agents import Asker, Crowd, percentile
from benchmarks.harness import Hub, wait_until, work_folder
from benchmarks.report import Figure, Options, median
from benchmarks.rows.crowd import raise_limit, settled


def one_command(options: Options, hub: Hub, count: int) -> Figure:
    asker = Asker(hub)
    took = []
    for _ in range(max(3, options.rounds)):
        seconds, events = asker.run("sim-*", argv=["true"])
        ends = sum(event["event"] == "state" and event["state"] == "succeeded" for event in events)
        if ends != count:
            raise RuntimeError(f"{ends} of {count} commands succeeded")
        took.append(seconds)
    asker.close()
    return Figure(
        f"one command to {count:,} simulated agents, all results in", median(took), "s", 3, 1, "low", samples=took
    )


def idle(options: Options, hub: Hub, crowd: Crowd) -> list[Figure]:
    crowd.say("report")
    time.sleep(12)
    seconds = options.pick(60, 15)
    crowd.say("mark")
    cpu, began = hub.cpu_seconds(), time.monotonic()
    time.sleep(seconds)
    share = (hub.cpu_seconds() - cpu) / (time.monotonic() - began) * 100
    acked = crowd.say()["acked"]
    note = f"{seconds} s, a report each 10 s and a beat each 5 s; {acked} reports acknowledged"
    who = f"hub with {crowd.count:,} idle agents"
    return [
        Figure(f"{who}: memory", hub.rss() / 1e6, "MB RSS", 400, 250, "low", note),
        Figure(f"{who}: processor", share, "% of a core", 30, 15, "low", note),
    ]


def again(options: Options, hub: Hub, crowd: Crowd) -> list[Figure]:
    """Seconds until the agents are back after the hub was ended and started; from its readiness, and that is told."""
    crowd.say("mark")
    hub.end()
    began = time.time()
    hub.start()
    ready = time.time()
    crowd.wait_connected(crowd.count, 120)
    facts = crowd.say()
    moments = [moment - ready for moment in facts["welcomes"]]
    wait_until(lambda: settled(hub), "the hub is calm", 120, 0.5)
    calm = time.time() - ready
    note = f"hub ready after {ready - began:.1f} s, {facts['refused']} refused, calm again after {calm:.0f} s"
    who = f"{crowd.count:,} agents after a restart of the hub"
    return [
        Figure(f"{who}: 95 % usable", percentile(moments, 0.95), "s", 15, 5, "low", note),
        Figure(f"{who}: all usable", max(moments), "s", 30, 10, "low", note),
    ]


def measure(options: Options) -> list[Figure]:
    many = options.pick(2000, 400)
    some = options.pick(1000, 300)
    raise_limit(many + 500)
    with work_folder(options.folder) as folder, Hub(folder / "some") as hub, Crowd(hub, some) as crowd:
        figures = [one_command(options, hub, some), *idle(options, hub, crowd)]
    with work_folder(options.folder) as folder, Hub(folder / "many") as hub, Crowd(hub, many) as crowd:
        return [*figures, *again(options, hub, crowd)]
