"""PURE: the record of a job as a person reads it: who asked for what, when and where, and how it ended on each node.

The whole record is what `--json` gives; here stands what one would write into a lab notebook.
"""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from typing import Any

from wacket.cli.support.text import amount, plain

SHORT = 60  # characters of a command line in a list
ASIDE = ("user", "cwd", "env", "stdin", "bring", "repeats", "schedule")  # told where they were said
NODE = ("node", "state", "exit", "seconds", "peak", "out", "err", "remark")

Record = Mapping[str, Any]


def what(job: Record, most: int | None = SHORT) -> str:
    """What it runs, on one line that a shell would understand."""
    if job.get("kind") == "ping":
        return "ping"
    program = "" if job.get("argv") else f"python ({str(job.get('digest') or '')[:12]}) "
    text = plain(program + shlex.join(map(str, job.get("argv") or job.get("args") or ()))).rstrip()
    return text if most is None or len(text) <= most else text[: most - 1] + "…"


def counted(counts: Mapping[str, int] | None) -> str:
    ordered = sorted((counts or {}).items(), key=lambda one: one[0] != "succeeded")
    return ", ".join(f"{count} {state}" for state, count in ordered)


def facts(job: Record) -> dict[str, Any]:
    """Its names and values, in the order of the questions: what, who, when, where, how."""
    found: dict[str, Any] = {"job": job.get("id"), "what": what(job, most=None)}
    found |= {"asked by": _author(job), "at": job.get("at"), "target": job.get("target")}
    found |= {name: job[name] for name in ASIDE if job.get(name)}
    if job.get("files"):
        found["sent along"] = [f"{file['name']} ({amount(file['size'])})" for file in job["files"]]
    if job.get("timeout"):
        found["timeout"] = f"{job['timeout']:g} s"
    found["sha256"] = job.get("digest")
    return found | {"ended": counted(job.get("counts")) + (", still open" if job.get("open") else "")}


def on_node(said: Record) -> dict[str, Any]:
    """How it went on one node, a cell for each of `NODE`."""
    sizes = {name: amount(said[name]) for name in ("peak", "out", "err") if said.get(name) is not None}
    seconds = said.get("seconds")
    took = None if seconds is None else f"{seconds:.3f}"
    return {**said, **sizes, "seconds": took, "remark": "; ".join(_remarks(said)) or None}


def _remarks(said: Record) -> list[str]:
    found = [str(said["reason"])] if said.get("reason") else []
    if said.get("unreachable"):
        found.append("not there")
    if said.get("signal"):
        found.append(f"signal {said['signal']}")
    for name, words in (("killed", "killed"), ("files", "brought")):
        if said.get(name):
            found.append(f"{words} {', '.join(str(one['name']) for one in said[name])}")
    return found


def _author(job: Record) -> str:
    return f"{job.get('actor')}, from {job['peer']}" if job.get("peer") else str(job.get("actor"))
