"""The demo's link: there is always one that works."""

import asyncio
import json

import pytest
from tests.support.ask import send

from wacket.cli.support.client import Hub
from wacket.cli.support.place import Place
from wacket.demo.entry import LOOK_SECONDS, RENEW_SECONDS, Entry

pytestmark = pytest.mark.slow


@pytest.fixture
def now():
    return [0.0]


@pytest.fixture
async def entry(hub, now):
    host, _, port = hub.addresses["http"].partition(":")
    client = Hub(Place("http", host, int(port), hub.owner_key))
    made = await asyncio.to_thread(Entry, client, hub.addresses["http"], "nobody needs it", lambda: now[0])
    yield made
    client.close()


async def fresh(entry):
    return await asyncio.to_thread(entry.fresh)


async def sign_in(hub, link):
    code = link.partition("/s/")[2].partition("?")[0]
    body = json.dumps({"code": code}).encode()
    status, _, said = await send(hub, "POST", "/api/v1/setup", body, Content_Type="application/json")
    return status, json.loads(said)


async def test_the_link_signs_in_as_an_admin(hub, entry):
    assert entry.link.startswith(f"http://{hub.addresses['http']}/s/")
    status, said = await sign_in(hub, entry.link)
    assert (status, said["name"], said["role"]) == (200, "demo", "admin")


async def test_it_stays_while_it_works(entry, now):
    before = entry.link
    for now[0] in (0.0, 1.0, LOOK_SECONDS, 100.0, RENEW_SECONDS - 1):
        assert not await fresh(entry)
    assert entry.link == before


async def test_there_is_another_after_each_use(hub, entry, now):
    for turn in range(1, 15):  # more than there are guesses
        used = entry.link
        assert (await sign_in(hub, used))[0] == 200
        now[0] = turn * LOOK_SECONDS
        assert await fresh(entry) and entry.link != used
        assert not await fresh(entry)


async def test_there_is_another_before_it_expires(hub, entry, now):
    old, now[0] = entry.link, RENEW_SECONDS
    assert await fresh(entry)
    assert (await sign_in(hub, old))[0] == 200, "who has copied the old one a moment ago still gets in"
    assert (await sign_in(hub, entry.link))[0] == 200
