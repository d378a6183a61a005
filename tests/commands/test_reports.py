"""What nodes say of commands is believed as far as it is theirs to say; what they may fetch and send back."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.commands.desks import Desks, desks, until

from wacket.commands.spec import File, Spec
from wacket.errors import BadRequest


@pytest.fixture
async def hub(tmp_path: Path) -> AsyncIterator[Desks]:
    async with desks(tmp_path) as made:
        yield made


async def test_a_node_that_speaks_of_anothers_command_is_refused_and_written_down(hub: Desks):
    mine, liar = hub.up(hub.node("pi-1")), hub.up(hub.node("pi-2"))
    (row,) = hub.rows(await hub.issue("pi-1"))
    hub.say(liar, row.id, "succeeded", exit=0)
    hub.say(liar, row.id, "running")
    hub.output(liar, row.id, 0, (1, b"a lie"))
    await until(lambda: hub.desk.statistics()["foreign"])
    assert hub.desk.board.command(row.id).row.state == "sent"
    hub.say(mine, row.id, "failed", exit=1)
    (row,) = await hub.ended(row.id)
    assert row.state == "failed"
    assert hub.said(row) == []
    hub.say(liar, row.id, "succeeded", exit=0)
    await until(lambda: hub.desk.statistics()["foreign"] >= 2)
    lies = [act for act in hub.acts() if act.act == "command.report"]
    assert [(act.actor, act.outcome, act.details["of"]) for act in lies] == [("node:pi-2", "refused", "pi-1")]
    assert not liar.said("settled")


async def test_a_command_that_nobody_here_knows_is_settled(hub: Desks):
    link = hub.up(hub.node("pi-1"), ("0" * 26, "succeeded"))
    await until(lambda: link.said("settled"))
    hub.say(link, "1" * 26, "succeeded")
    await until(lambda: len(link.said("settled")) == 2)


async def test_small_programs_go_before_their_command_and_large_ones_when_asked_for(hub: Desks):
    link = hub.up(hub.node("pi-1"))
    small, large = b"print(1)", bytes(1_000_000)
    program, data = hub.blobs.put(small), hub.blobs.put(large)
    spec = Spec(kind="python", program=program, files=(File("data", data, len(large)),))
    (row,) = hub.rows(await hub.issue("pi-1", spec))
    await until(lambda: hub.sent(link))
    kinds = [one.message["t"] for one in link.sent]
    assert kinds == ["blob", "command"]
    assert link.sent[0].payload == small
    hub.desk.heard(link, {"t": "need", "id": row.id, "sha256": data, "offset": 100}, b"")
    await until(lambda: sum(len(one.payload) for one in link.said("blob")[1:]) == len(large) - 100)
    offset = 100
    for one in link.said("blob")[1:]:
        assert (one.message["offset"], one.message["size"]) == (offset, len(large))
        offset += len(one.payload)


async def test_a_node_gets_only_what_its_own_command_names(hub: Desks):
    link, other = hub.up(hub.node("pi-1")), hub.up(hub.node("pi-2"))
    named, secret = hub.blobs.put(b"x" * 100_000), hub.blobs.put(b"secret")
    (row,) = hub.rows(await hub.issue("pi-1", Spec(kind="python", program=named)))
    for asking, name in ((link, secret), (other, named), (link, "../" * 20)):
        message = {"t": "need", "id": row.id, "sha256": name, "offset": 0}
        if "." in name:
            with pytest.raises(BadRequest):
                hub.desk.heard(asking, message, b"")
        else:
            hub.desk.heard(asking, message, b"")
    await until(lambda: hub.desk.statistics()["foreign"] == 1)
    assert hub.desk.statistics()["refused"] == 1
    assert not other.said("blob") and not link.said("blob")


async def test_a_full_link_is_waited_for(hub: Desks):
    link = hub.up(hub.node("pi-1"))
    link.pending = 2_000_000
    job = await hub.issue("pi-1")
    assert hub.sent(link) == []
    assert hub.rows(job)[0].state == "sent"
    link.pending = 0
    await until(lambda: hub.sent(link))


async def test_files_come_back(hub: Desks):
    node = hub.node("pi-1")
    link = hub.up(node)
    job = await hub.issue("pi-1", Spec(argv=("true",), bring=("*.csv",)))
    (row,) = hub.rows(job)
    content = b"a,b\n" * 1000
    head = {"t": "file", "id": row.id, "name": "out/a.csv", "size": len(content)}
    head |= {"sha256": hashlib.sha256(content).hexdigest()}
    hub.desk.heard(link, {**head, "offset": 0}, content[:100])
    hub.desk.heard(link, {**head, "offset": 500}, content[500:])
    hub.desk.heard(link, {**head, "offset": 100}, content[100:])
    await until(lambda: len(link.said("have_file")) == 3)
    assert [one.message["offset"] for one in link.said("have_file")] == [100, 100, len(content)]
    assert hub.brought.find(job.row.id, node, "out/a.csv").read_bytes() == content
    for name in ("../a.csv", "/etc/passwd", "a\\b"):
        with pytest.raises(BadRequest):
            hub.desk.heard(link, {**head, "name": name, "offset": 0}, content)


@pytest.mark.parametrize(
    "message",
    [
        {"t": "state"},
        {"t": "state", "id": "x", "state": "running"},
        {"t": "state", "id": "0" * 26, "state": "queued"},
        {"t": "state", "id": "0" * 26, "state": "exploded"},
        {"t": "state", "id": "0" * 26, "state": "failed", "exit": 2**60},
        {"t": "state", "id": "0" * 26, "state": "failed", "seconds": -1},
        {"t": "state", "id": "0" * 26, "state": "failed", "killed": [{"pid": "x"}]},
        {"t": "state", "id": "0" * 26, "state": "failed", "files": [{"name": "a", "size": 1, "sha256": "z"}]},
        {"t": "commands", "commands": "all"},
        {"t": "output", "id": "0" * 26, "offset": -1},
        {"t": "file", "id": "0" * 26, "name": "x" * 2000, "offset": 0, "size": 1, "sha256": "a" * 64},
        {"t": "need", "id": "0" * 26, "sha256": "a" * 63, "offset": 0},
    ],
)
async def test_what_is_no_message_is_refused(hub: Desks, message):
    link = hub.up(hub.node("pi-1"))
    with pytest.raises(BadRequest):
        hub.desk.heard(link, message, b"")


async def test_files_are_on_disk_before_the_end_is_settled_and_broken_ones_are_told(hub: Desks):
    node = hub.node("pi-1")
    link = hub.up(node)
    job = await hub.issue("pi-1", Spec(argv=("true",), bring=("*",)))
    (row,) = hub.rows(job)
    files = []
    for name, sent in (("good", b"content"), ("bad", b"another")):
        digest = hashlib.sha256(b"content").hexdigest()
        head = {"t": "file", "id": row.id, "name": name, "offset": 0, "size": 7, "sha256": digest}
        hub.desk.heard(link, head, sent)
        files.append({"name": name, "size": 7, "sha256": digest})
    hub.say(link, row.id, "succeeded", exit=0, files=files)
    hub.say(link, row.id, "succeeded", exit=0, files=files)
    (row,) = await hub.ended(row.id)
    assert row.files == (files[0],)
    assert row.reason == "1 of the files to bring back did not come whole"
    await until(lambda: link.said("settled"))


async def test_output_that_comes_after_the_end_ends_nothing_twice(hub: Desks):
    link = hub.up(hub.node("pi-1"))
    (row,) = hub.rows(await hub.issue("pi-1"))
    end = hub.output(link, row.id, 0, (1, b"before"))
    hub.say(link, row.id, "succeeded", exit=0, end=end)
    hub.output(link, row.id, end, (1, b"after"))
    await hub.ended(row.id)
    await until(lambda: link.said("settled"))
    hub.output(link, row.id, end, (1, b"much later"))
    hub.say(link, row.id, "failed", exit=1)
    await until(lambda: len(link.said("settled")) == 2)
    assert hub.row(row.id).state == "succeeded"
    assert not hub.going.done()
