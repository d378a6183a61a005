"""Backup and restore over HTTP, with whole hubs on real folders."""

from __future__ import annotations

import asyncio
import http.client
import json
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from tests.conftest import FREE_PORTS, QUICK
from tests.support.archives import ABOUT, archive, unpacked
from tests.support.ask import ask, send

from wacket.backup import restoring
from wacket.backup.unpacking import Unpacking
from wacket.errors import Unavailable

pytestmark = pytest.mark.slow
TAR = {"Content_Type": "application/x-tar"}


@asynccontextmanager
async def hub_on(folder: Path):
    from wacket.hub import running

    async with running(folder, FREE_PORTS | QUICK) as parts:
        yield parts


async def tell(hub, *values: int):
    """Readings that are acknowledged when this returns."""
    lines = "".join(f'{{"name": "level", "value": {value}}}\n' for value in values).encode()
    status, _, body = await send(hub, "POST", "/api/v1/ingest/ndjson?node=tank", lines)
    assert (status, json.loads(body)["stored"]) == (200, len(values)), body


async def told(hub) -> list[float]:
    _, _, body = await send(hub, "GET", "/api/v1/export/readings?match=tank/level&format=ndjson", owner=True)
    return sorted(json.loads(line)["value"] for line in body.splitlines())


async def backup(hub) -> bytes:
    status, headers, body = await send(hub, "GET", "/api/v1/backup", owner=True)
    assert (status, headers["content-type"]) == (200, "application/x-tar"), body[:300]
    assert headers["content-disposition"].startswith('attachment; filename="wacket-')
    return body


async def restore(hub, raw: bytes, status: int = 201):
    found, _, body = await send(hub, "POST", "/api/v1/restore", raw, owner=True, **TAR)
    assert found == status, body
    return json.loads(body)


def unpack(raw: bytes, folder: Path):
    folder.mkdir()
    unpacking = Unpacking(folder)
    unpacking.add(raw)
    return unpacking.finish()


async def acts(hub) -> list[str]:
    return [row["act"] for row in (await ask(hub, "/api/v1/audit"))["acts"]]


async def test_a_hub_made_of_a_backup_has_everything(tmp_path):
    async with hub_on(tmp_path / "one") as hub:
        await tell(hub, 1, 2, 3)
        hub.history.seal()
        await tell(hub, 4, 5)
        _, secret = await hub.tokens.create("reader", ["read"])
        (hub.folder / "outputs" / "7").mkdir(parents=True)
        (hub.folder / "outputs" / "7" / "1.records").write_bytes(b"said")
        (hub.folder / "wacket.toml").write_text("[history]\nlogs_days = 90\n")
        raw = await backup(hub)
        await tell(hub, 6)
        assert (await acts(hub))[0] == "backup.make"
        key = hub.owner_key
        assert not list(hub.folder.glob(".backup-*"))
    contents = unpack(raw, tmp_path / "two")
    assert contents.lost == 0
    assert {"ledger.db", "history", "keys", "owner.key", "outputs", "wacket.toml"} == set(contents.tops)
    assert not {"lock", "hub.json"} & set(unpacked(tmp_path / "two"))
    async with hub_on(tmp_path / "two") as hub:
        assert await told(hub) == [1, 2, 3, 4, 5]
        assert hub.tokens.check(secret).name == "reader"
        assert hub.owner_key == key
        assert hub.settings.history.logs_days == 90
        assert hub.history.verify() == []
        assert (hub.folder / "outputs" / "7" / "1.records").read_bytes() == b"said"
        await tell(hub, 6)
        assert await told(hub) == [1, 2, 3, 4, 5, 6]


async def test_what_was_acknowledged_before_is_in_it_while_more_comes_in(tmp_path):
    async with hub_on(tmp_path / "one") as hub:
        sent, enough, ended = 0, asyncio.Event(), asyncio.Event()

        async def keep_telling():
            nonlocal sent
            while not ended.is_set():
                await tell(hub, sent)
                sent += 1
                if sent % 10 == 0:
                    await asyncio.to_thread(hub.history.seal)
                if sent == 25:
                    enough.set()

        async with asyncio.timeout(120), asyncio.TaskGroup() as tasks:
            tasks.create_task(keep_telling())
            await enough.wait()
            known = sent
            raw = await backup(hub)
            ended.set()
    unpack(raw, tmp_path / "two")
    async with hub_on(tmp_path / "two") as hub:
        found = await told(hub)
        assert found == [float(value) for value in range(len(found))]
        assert known <= len(found) <= sent
        assert hub.history.verify() == []
        assert {row["name"] for row in (await ask(hub, "/api/v1/series", match="tank/*"))["series"]} == {"level"}


async def test_a_restore_waits_for_the_next_start_and_keeps_what_was_there(tmp_path):
    async with hub_on(tmp_path / "one") as hub:
        await tell(hub, 1)
        raw = await backup(hub)
    async with hub_on(tmp_path / "two") as hub:
        await tell(hub, 7)
        mine = hub.owner_key
        waiting = await restore(hub, raw)
        assert waiting["kept_as"].startswith("before-restore-")
        assert {"ledger.db", "history", "keys", "owner.key"} <= set(waiting["replaces"])
        assert (waiting["files"], waiting["left_out"]) == (unpack(raw, tmp_path / "three").files, 0)
        assert (await ask(hub, "/api/v1/restore"))["waiting"] == waiting
        assert (await acts(hub))[0] == "restore.prepare"
        await tell(hub, 8)
        assert await told(hub) == [7, 8], "until the next start nothing has changed"
    async with hub_on(tmp_path / "two") as hub:
        assert await told(hub) == [1]
        assert hub.owner_key != mine
        assert (await ask(hub, "/api/v1/restore")) == {"waiting": None}
        assert not list(hub.folder.glob("restore*"))
    async with hub_on(tmp_path / "two" / waiting["kept_as"]) as hub:
        assert await told(hub) == [7, 8], "what was there is a whole data folder"
        assert hub.owner_key == mine


async def test_a_backup_does_not_hold_what_an_earlier_restore_kept_aside(tmp_path):
    async with hub_on(tmp_path / "one") as hub:
        raw = await backup(hub)
        await restore(hub, raw)
    async with hub_on(tmp_path / "one") as hub:
        assert list(hub.folder.glob("before-restore-*"))
        assert unpack(await backup(hub), tmp_path / "two").tops == unpack(raw, tmp_path / "three").tops


async def test_a_restore_is_called_off(hub, tmp_path):
    await tell(hub, 1)
    await restore(hub, await backup(hub))
    assert "call it off first" in (await restore(hub, b"", 400))["error"]
    status, _, _ = await send(hub, "DELETE", "/api/v1/restore", owner=True)
    assert status == 204
    assert (await ask(hub, "/api/v1/restore")) == {"waiting": None}
    assert not list(hub.folder.glob("restore*"))
    assert (await send(hub, "DELETE", "/api/v1/restore", owner=True))[0] == 404
    assert (await acts(hub))[0] == "restore.cancel"
    await restore(hub, await backup(hub))


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda raw: b"", "ends too early"),
        (lambda raw: raw[: len(raw) // 2], "ends too early"),
        (lambda raw: b"\x1f\x8b" + raw, "not a backup made by Wacket"),
        (lambda raw: raw[:70_000] + bytes([raw[70_000] ^ 1]) + raw[70_001:], "is not what it was"),
    ],
)
async def test_what_is_not_whole_changes_nothing(hub, spoil, said):
    await tell(hub, 1)
    refused = await restore(hub, spoil(await backup(hub)), 400)
    assert said in refused["error"]
    assert not list(hub.folder.glob("restore*"))
    assert (await ask(hub, "/api/v1/restore")) == {"waiting": None}


async def test_a_backup_of_a_newer_hub_is_refused(hub, tmp_path):
    raw = archive(tmp_path / "files", wacket="9.9", ledger="9999")
    assert "newer hub (Wacket 9.9)" in (await restore(hub, raw, 400))["error"]
    assert ABOUT["ledger"] != "9999"


async def test_who_may(hub):
    for scope in ("read", "operate", "ingest"):
        _, secret = await hub.tokens.create("program", [scope])
        for method, path in (("GET", "backup"), ("GET", "restore"), ("POST", "restore"), ("DELETE", "restore")):
            status, _, _ = await send(hub, method, f"/api/v1/{path}", Authorization=f"Bearer {secret}")
            assert status == 403, (method, path, scope)
    assert (await send(hub, "POST", "/api/v1/restore", b"x" * 100_000))[0] == 401
    assert not list(hub.folder.glob("restore*"))


async def test_without_room_nothing_is_begun(hub, monkeypatch):
    raw = await backup(hub)
    monkeypatch.setattr(type(hub.history.space), "has_room", lambda *_: False)
    status, headers, body = await send(hub, "GET", "/api/v1/backup", owner=True)
    assert (status, "make space" in body.decode()) == (503, True)
    assert headers["retry-after"] == "60"
    assert "no room for this backup" in (await restore(hub, raw, 503))["error"]
    monkeypatch.undo()
    await backup(hub)
    assert not [*hub.folder.glob(".backup-*"), *hub.folder.glob("restore*")]


async def test_a_full_disk_in_the_middle_is_told_and_leaves_nothing(hub, monkeypatch):
    def full(self, path):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(type(hub.ledger), "copy", full)
    status, _, body = await send(hub, "GET", "/api/v1/backup", owner=True)
    assert (status, "is the disk full?" in body.decode()) == (503, True)
    monkeypatch.undo()
    assert not list(hub.folder.glob(".backup-*"))
    await backup(hub)


def begun(hub) -> http.client.HTTPConnection:
    """A backup that has begun and is not read."""
    connection = http.client.HTTPConnection(hub.addresses["http"], timeout=20)
    connection.request("GET", "/api/v1/backup", headers={"Authorization": f"Bearer {hub.owner_key}"})
    connection.response = connection.getresponse()
    assert connection.response.status == 200
    return connection


async def test_one_at_a_time_and_who_goes_away_gives_the_turn_back(hub):
    (hub.folder / "history" / "quarantine").mkdir()
    with (hub.folder / "history" / "quarantine" / "large").open("wb") as file:
        file.truncate(256 << 20)
    connection = await asyncio.to_thread(begun, hub)
    status, _, body = await send(hub, "GET", "/api/v1/backup", owner=True)
    assert (status, "a backup is under way already" in body.decode()) == (503, True)
    assert "a backup is under way" in (await restore(hub, b"", 503))["error"]
    assert list(hub.folder.glob(".backup-*"))
    connection.response.close()
    connection.close()
    async with asyncio.timeout(30):
        while list(hub.folder.glob(".backup-*")):  # noqa: ASYNC110 - what a thread removes tells nobody
            await asyncio.sleep(0.01)
    (hub.folder / "history" / "quarantine" / "large").unlink()
    await backup(hub)


async def test_whose_token_is_revoked_meanwhile_gets_no_whole_backup(hub):
    (hub.folder / "history" / "quarantine").mkdir()
    with (hub.folder / "history" / "quarantine" / "large").open("wb") as file:
        file.truncate(256 << 20)
    token, secret = await hub.tokens.create("chief", ["admin"])

    def read(connection):
        with pytest.raises((http.client.IncompleteRead, ConnectionError)):
            connection.response.read()
        connection.close()

    connection = http.client.HTTPConnection(hub.addresses["http"], timeout=20)
    connection.request("GET", "/api/v1/backup", headers={"Authorization": f"Bearer {secret}"})
    connection.response = await asyncio.to_thread(connection.getresponse)
    await hub.tokens.revoke(token.id)
    await asyncio.to_thread(read, connection)


async def test_a_marker_that_makes_no_sense_stops_the_next_start_and_not_this_one(tmp_path):
    async with hub_on(tmp_path / "one") as hub:
        await restore(hub, await backup(hub))
        (hub.folder / restoring.MARKER).write_text("{}")
    with pytest.raises(BaseException, match="delete it") as stopped:
        async with hub_on(tmp_path / "one"):
            pass
    assert not isinstance(stopped.value, Unavailable)
    (tmp_path / "one" / restoring.MARKER).unlink()
    async with hub_on(tmp_path / "one") as hub:
        assert not list(hub.folder.glob("restore-*")), "what nobody waits for any more is removed"
