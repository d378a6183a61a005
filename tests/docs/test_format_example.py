"""Law 7: the format that the how-to page shows is a format."""

import re
import types

import pytest

from wacket.records import HUB_TIME, SUSPECT, Envelope

from .conftest import ROOT


@pytest.fixture(scope="module")
def shown():
    page = (ROOT / "docs" / "how-to" / "add-a-format.md").read_text("utf-8")
    module = types.ModuleType("acme")
    exec(re.search(r"```py\n(.*?)```", page, re.DOTALL)[1], module.__dict__)
    return module


def envelope(body, **more):
    return Envelope(door="tcp", peer="p", node=7, format="acme", received_at=1000, body=body, **more)


def test_it_decodes(shown):
    decoded = shown.decode([envelope(b"a=1.5 kg\nb=2 kg\n"), envelope(b"a=3 kg", adopted=False)])
    assert decoded.frames == [2, 1]
    assert [key.name for key in decoded.keys] == ["a", "b"]
    assert decoded.readings.series.tolist() == [0, 1, 0]
    assert decoded.readings.value.tolist() == [1.5, 2, 3]
    assert decoded.readings.at.tolist() == [1000] * 3
    assert decoded.readings.quality.tolist() == [HUB_TIME, HUB_TIME, HUB_TIME | SUSPECT]
    assert decoded.units == {"a": "kg", "b": "kg"}


@pytest.mark.parametrize("body", [b"a=1.5 lb", b"a=1.5", b"=1 kg", b"\xff\xfe=1 kg", b"a=x kg", b"\x00"])
def test_it_rejects_and_never_raises(shown, body):
    decoded = shown.decode([envelope(b"ok=1 kg\n" + body)])
    assert decoded.frames == [2]
    assert [(reject.envelope, reject.offset) for reject in decoded.rejects] == [(0, 1)]
