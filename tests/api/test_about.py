"""About the hub, and its settings: what is in force, who said it, and who is told."""

from __future__ import annotations

import json
import platform

import pytest
from tests.support.ask import send

from wacket.api import about
from wacket.api.settings import HIDDEN, _info, meanings
from wacket.settings import Settings, load_with_origins


async def asked(parts, token):
    status, _, body = await send(parts, "GET", "/api/v1/about", Authorization=f"Bearer {token}")
    assert status == 200
    return json.loads(body)


@pytest.mark.slow
async def test_about(start_hub):
    async with start_hub(**{"doors.tcp": "0.0.0.0:0"}) as parts:
        viewer = (await parts.tokens.create("x", ["read"]))[1]
        said, seen = [await asked(parts, token) for token in (parts.owner_key, viewer)]
    assert said["versions"]["python"] == platform.python_version()
    assert said["folder"] == str(parts.folder)
    assert seen["folder"] is None, "the place on disk is for admins"
    assert seen["versions"] == said["versions"]
    assert said["people"] == said["agents"] == f"http://{parts.addresses['http']}"
    doors = {door["door"]: door for door in said["doors"]}
    assert (doors["tcp"]["reach"], doors["http"]["reach"]) == ("network", "machine")
    assert f"{doors['tcp']['host']}:{doors['tcp']['port']}" == parts.addresses["tcp"]
    assert said["open_to_lan"] is True
    assert 0 <= said["uptime_seconds"] < 600
    assert "fsync before every answer" in said["guarantee"]["acknowledged"]
    assert said["guarantee"]["file_system"]


@pytest.mark.parametrize(
    ("lines", "kind", "weak"),
    [
        ("/dev/a / ext4 rw 0 0\ntmpfs /srv tmpfs rw 0 0", "tmpfs", "in memory only"),
        ("/dev/a / ext4 rw 0 0\n/dev/b /srv/da ext4 rw,nobarrier 0 0", "ext4", ""),
        ("/dev/a / ext4 rw,nobarrier 0 0", "ext4", "without write barriers"),
        ("server:/x /srv/data\\040lab nfs4 rw 0 0\noverlay / overlay rw 0 0", "overlay", "container"),
        ("garbage", "", ""),
    ],
)
def test_what_weakens_the_guarantee_is_told(tmp_path, lines, kind, weak):
    mounts = tmp_path / "mounts"
    mounts.write_text(lines)
    found, options = about.mounted(about.Path("/srv/data"), mounts)
    assert found == kind
    assert weak in " ".join(about.weaknesses(found, options))
    assert bool(weak) == bool(about.weaknesses(found, options))


def test_where_the_system_does_not_say_how_it_is_mounted(tmp_path):
    assert about.mounted(tmp_path, tmp_path / "nothing") == ("", [])


def test_time_zone(tmp_path):
    link = tmp_path / "localtime"
    link.symlink_to("/usr/share/zoneinfo/Europe/Berlin")
    assert about.time_zone("", link) == "Europe/Berlin"
    assert about.time_zone(":America/Lima", link) == "America/Lima"
    assert about.time_zone("", tmp_path / "nothing") == ""


def test_settings_and_who_said_them(api):
    listed = api.owner.get("/api/v1/settings").json()
    assert listed["file"] == "wacket.toml"
    found = {f"{one['section']}.{one['name']}": one for one in listed["settings"]}
    assert found["history.logs_days"] == {
        "section": "history",
        "name": "logs_days",
        "value": 0,
        "default": 0,
        "meaning": "rejects are logs too",
        "source": "default",
        "variable": "WACKET_HISTORY_LOGS_DAYS",
    }
    assert found["doors.http"]["source"] == "command line"
    assert found.keys() == meanings().keys()
    assert [path for path, meaning in meanings().items() if not meaning] == []
    for who in (api.person("operator"), api.client(bearer=api.token("read"))):
        assert who.get("/api/v1/settings").status_code == 403


def test_where_a_setting_comes_from(tmp_path):
    (tmp_path / "wacket.toml").write_text("[history]\nlogs_days = 90\nreadings_days = 1\n[doors]\ntcp = '*:1'\n")
    environment = {"WACKET_HISTORY_READINGS_DAYS": "2"}
    settings, origins = load_with_origins(
        tmp_path, environment, {"doors.http": "127.0.0.1:9"}, {"doors.tcp": "*:8090", "doors.udp": "*:8090"}
    )
    assert (settings.doors.tcp, settings.doors.udp) == ("*:1", "*:8090")
    assert origins == {
        "history.logs_days": "file",
        "history.readings_days": "environment",
        "doors.tcp": "file",
        "doors.http": "command line",
        "doors.udp": "command line",
    }


@pytest.mark.parametrize(("name", "shown"), [("smtp_password", HIDDEN), ("token", HIDDEN), ("tcp", "x")])
def test_secrets_are_not_shown(name, shown):
    class Field:
        default = ""

    class Section:
        pass

    Field.name = name
    section, settings = Section(), Section()
    setattr(section, name, "x")
    settings.doors = section
    assert _info(settings, "doors", Field, {}).value == shown
    setattr(section, name, "")
    assert _info(settings, "doors", Field, {}).value == ""


def test_no_setting_of_today_is_hidden_by_mistake(api):
    listed = api.owner.get("/api/v1/settings").json()["settings"]
    assert {one["value"] for one in listed} & {HIDDEN} == set()
    assert len(listed) == len(meanings())
    assert Settings() == api.parts.settings
