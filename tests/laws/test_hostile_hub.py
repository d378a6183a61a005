"""Law 10, on a whole hub: hostile names and texts change nothing but what is stored, and come back as they were."""

import json
import re

import pytest

from wacket.errors import WacketError
from wacket.records import Envelope

HOSTILE = (
    "../../../etc/cron.d/x",
    "..",
    "/tmp/absolute",
    "a/b\\c",
    "%2e%2e%2fetc",
    "<script>alert(1)</script>",
    "'; drop table series; --",
    "\"; copy (select 1) to '/tmp/x'; --",
    "$(reboot) `reboot` | reboot",
    "{{7*7}} {0.__class__} %s%n",
    "\x00\x1b[2J\u202e",
    "=cmd|' /C calc'!A0",
)
OWN_FILES = re.compile(
    r"(ledger\.db|lock|hub\.json|owner\.key|keys/(hub|command)\.key|wacket\.toml|history/[a-z]+\.(db|parquet|head|lock)|history/journal\.db"
    r"|history/reserve|history/(readings|logs|rollup_1[mhd])/[0-9-]+\.parquet)(-wal(\.length)?|-shm|-journal|\.head)?"
)


def body(text):
    lines = [
        {text: 1.5, "message": text, "labels": {text: text}, "source": text},
        {"name": text, "value": 2.5, "node": text},
    ]
    return "\n".join(map(json.dumps, lines)).encode()


def files_below(folder):
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


async def take(hub, text):
    """What a sender does who is hostile in every place that is open to it."""
    with pytest.raises(WacketError):
        await hub.admission.admit(None, text, "127.0.0.1")
    for form in ("ndjson", "auto", "text", "influx", "csv", "energy", "plotter"):
        now = hub.clock()
        sent = (Envelope("http", text, 1, form, now, raw) for raw in (body(text), text.encode() + b"=1\n"))
        for envelope in sent:
            await hub.intake.accept(envelope)


@pytest.mark.slow
async def test_hostile_text_makes_no_file_and_comes_back_as_it_was(hub, tmp_path):
    for text in HOSTILE:
        await take(hub, text)
    hub.history.write_catalogue(hub.catalogue.find())
    hub.history.seal()
    hub.history.compact()
    strange = {name for name in files_below(tmp_path) if not OWN_FILES.fullmatch(name.removeprefix("data/"))}
    assert strange == set()
    names = {series.name for series in hub.catalogue.find()}
    assert set(HOSTILE) <= names
    assert len(hub.catalogue.nodes()) == 1
    assert hub.history.verify() == []
