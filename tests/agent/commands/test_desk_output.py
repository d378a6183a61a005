"""Output that is long, and what fits into one message."""

from __future__ import annotations

import json

import pytest
from tests.agent.commands.desks import FakeHub, Machine, id_of, outcome

pytestmark = pytest.mark.slow


async def test_output_that_is_more_than_may_be_kept(machine: Machine, fake_hub: FakeHub) -> None:
    fake_hub.acknowledges = False
    async with machine.agent(fake_hub):
        command = fake_hub.order(1, argv=["sh", "-c", "seq 400000; seq 400000 >&2"], keep=200_000)
        await fake_hub.until((machine.folder_of(command) / "result").exists)
        came = sum(len(record.data) for record in fake_hub.output[command])
        assert came < 2 << 20, "no more is on its way than the window; what was cut is not"
        fake_hub.acknowledges = True
        fake_hub.say({"t": "have", "id": command, "offset": fake_hub.length[command]})
        end = await fake_hub.ended(command)
    out, err = (fake_hub.text(id_of(1), kind) for kind in (1, 2))
    cuts = fake_hub.cuts(id_of(1))
    assert len(cuts) >= 1
    assert end["out"] == len(out) + sum(cut["out"] for cut in cuts)
    assert end["err"] == len(err) + sum(cut["err"] for cut in cuts)
    assert fake_hub.length[id_of(1)] == end["end"]
    assert out.startswith(b"1\n2\n3\n")
    assert err.endswith(b"399999\n400000\n")


async def test_output_of_100_mb_goes_through_a_small_window(machine: Machine, fake_hub: FakeHub) -> None:
    end = await outcome(machine, fake_hub, argv=["head", "-c", "100000000", "/dev/zero"], keep=1 << 20)
    cuts = fake_hub.cuts(id_of(1))
    kept = sum(len(record.data) for record in fake_hub.output[id_of(1)] if record.kind == 1)
    assert end["out"] == 100_000_000 == kept + sum(cut["out"] for cut in cuts)
    assert fake_hub.length[id_of(1)] == end["end"]


def test_names_in_the_end_state_fit_into_a_message() -> None:
    from wacket_agent.commands import results
    from wacket_agent.commands.notes import Note

    name = "\udc80\u20ac" * 8
    killed = [("killed", f"{number} {name}") for number in range(1000)]
    files = [{"name": "\u20ac" * 400, "size": 1, "sha256": "00" * 32, "path": "x"}] * 10
    note = Note([("state", "failed"), ("reason", "\udcff\u20ac" * 3000), *killed])
    assert len(json.dumps(results.without_paths(results.ended(id_of(1), note, files, 0)))) < 65_536
