"""What an exported file is called: what is in it and from when to when, so that ten of them can be told apart.

Names of nodes and series are whatever a device said; only letters, digits and a few signs of them come into a name.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from wacket.api.access import EPOCH
from wacket.history.exporting import Readings
from wacket.history.logsearch import LogQuery
from wacket.history.question import EVER

_ODD = re.compile(r"[^A-Za-z0-9.-]+")
_LONGEST = 80


def of_readings(wanted: Readings, step: str, function: str) -> str:
    """For example readings_rig-3-temp_20261120-0830_20261121-0830_1h-mean, without its ending."""
    first = wanted.names[0] if wanted.names else None
    what = f"{first.node}-{first.name}" if first else "none"
    more = f"{len(wanted.names)}-series" if len(wanted.names) > 1 else what
    seen = [] if wanted.computed is None else [f"{step}-{function}"]
    return "_".join(map(_safe, ["readings", more, *_range(wanted.since, wanted.until), *seen]))


def of_logs(wanted: LogQuery) -> str:
    """For example logs_timeout_20261120-0830_20261121-0830, without its ending."""
    text = [wanted.find or wanted.regex] if wanted.find or wanted.regex else []
    return "_".join(map(_safe, ["logs", *text, *_range(wanted.since, wanted.until)]))


def _range(since: int, until: int) -> list[str]:
    bounded = [at for at in (since, until) if at not in EVER]
    return [_moment(at).strftime("%Y%m%d-%H%M") for at in bounded]


def _moment(at: int) -> datetime:
    return EPOCH + timedelta(microseconds=at)


def _safe(text: str) -> str:
    return _ODD.sub("-", text).strip("-.")[:_LONGEST] or "x"
