"""How busy the processor is: all of it by what it does, and each core."""

from __future__ import annotations

from typing import Iterator

from wacket_agent.collectors._context import Context, percent
from wacket_agent.lines import Point

PERIOD = 10.0

# The columns of /proc/stat. Guests are counted as `user` there already.
STATES = ("user", "nice", "system", "idle", "iowait", "irq", "softirq", "steal")
RESTING = {"idle", "iowait"}


def collect(context: Context) -> Iterator[Point]:
    for core, times in (from_proc if context.on_linux else from_psutil)(context):
        grown = context.growth(core, list(times.values()))
        if grown is None:
            continue
        spent = dict(zip(times, grown[1]))
        whole = sum(spent.values())
        shares = {f"{state}_percent": percent(part, whole) for state, part in spent.items()}
        busy = percent(sum(part for state, part in spent.items() if state not in RESTING), whole)
        if core:
            yield Point("cpu", {"percent": busy}, {"core": core})
        else:
            yield Point("cpu", {"percent": busy, **shares})


def from_proc(context: Context) -> Iterator[tuple[str, dict[str, float]]]:
    """The time spent in each state so far, for "" (all cores) and for each core."""
    for line in context.read("/proc/stat").splitlines():
        name, *times = line.split()
        if not name.startswith("cpu"):
            return
        yield name[3:], {state: float(ticks) for state, ticks in zip(STATES, times)}


def from_psutil(context: Context) -> Iterator[tuple[str, dict[str, float]]]:
    psutil = context.psutil()
    cores = enumerate(psutil.cpu_times(percpu=True))
    for core, times in [("", psutil.cpu_times()), *((str(number), times) for number, times in cores)]:
        told = times._asdict()
        yield core, {state: told[state] for state in STATES if state in told}
