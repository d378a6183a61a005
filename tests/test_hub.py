"""What the hub asks of the system, and what it writes down now and then. The hub itself is tested by the journeys."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import threading

import pytest
from tests.support.ask import send

from wacket import hub as hub_module

ASK_FOR_FILES = """
import resource
from wacket import hub
_, most = resource.getrlimit(resource.RLIMIT_NOFILE)
resource.setrlimit(resource.RLIMIT_NOFILE, (64, most))
hub._allow_open_files()
assert resource.getrlimit(resource.RLIMIT_NOFILE) == (most, most)
"""


@pytest.mark.slow
def test_the_hub_takes_all_files_that_it_may_open():
    subprocess.run([sys.executable, "-c", ASK_FOR_FILES], check=True)


@pytest.mark.slow
async def test_the_list_of_series_is_written_anew_when_a_node_is_renamed_and_never_on_the_loop(start_hub, monkeypatch):
    monkeypatch.setattr(hub_module, "FLUSH_SECONDS", 0.01)
    async with start_hub() as hub:
        written, threads, told = [], set(), asyncio.Event()
        loop, find = asyncio.get_running_loop(), hub.catalogue.find

        def write(rows):
            written.append([row.node_name for row in rows])
            loop.call_soon_threadsafe(told.set)

        def find_here(*match):
            threads.add(threading.current_thread())
            return find(*match)

        async def until_written(names):
            async with asyncio.timeout(10):
                while written[-1:] != [names]:
                    await told.wait()
                    told.clear()

        monkeypatch.setattr(hub.history, "write_catalogue", write)
        monkeypatch.setattr(hub.catalogue, "find", find_here)
        await send(hub, "POST", "/api/v1/ingest/plotter?node=shed", b"t:1\n")
        await until_written(["shed"])
        renamed = json.dumps({"name": "garage"}).encode()
        await send(hub, "PATCH", "/api/v1/nodes/shed", renamed, owner=True, Content_Type="application/json")
        await until_written(["garage"])
        assert threading.main_thread() not in threads
