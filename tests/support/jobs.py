"""A job's events and answers as a hub tells them, for a hub that a test scripts."""

from __future__ import annotations

import json
from typing import Any

Event = dict[str, Any]
END: Event = {"event": "end", "counts": {}}


def ndjson(*events: Event, **headers: str) -> tuple[int, bytes, dict[str, str]]:
    return 200, b"".join(json.dumps(event).encode() + b"\n" for event in events), headers


def job(*nodes: str, **more: Any) -> Event:
    return {"event": "job", "id": 212, "nodes": list(nodes), "waiting": [], "left_out": [], **more}


def state(node: str, what: str, **more: Any) -> Event:
    return {"event": "state", "node": node, "state": what, **more}


def output(node: str, text: str, stream: str = "out", offset: int = 0) -> Event:
    return {"event": "output", "node": node, "stream": stream, "text": text, "offset": offset}


def group(nodes: str, count: int, out: str, **more: Any) -> Event:
    return {"nodes": nodes, "count": count, "state": "succeeded", "exit": 0, "out": out, "err": "", **more}
