"""The agent's own limit: a request for too much fails, and what it starts afterwards is not limited."""

from __future__ import annotations

import platform
import subprocess
import sys
from pathlib import Path

import pytest

import wacket_agent

GREEDY = """
from wacket_agent import memory_cap
memory_cap.cap(100 << 20)
kept = bytearray(10 << 20)
try:
    bytearray(200 << 20)
except MemoryError:
    print("stopped")
memory_cap.lift()
print(len(bytearray(200 << 20)))
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="other systems keep no such limit")
def test_too_much_is_refused_until_the_limit_is_lifted():
    path = {"PYTHONPATH": str(Path(wacket_agent.__file__).parents[1])}
    done = subprocess.run([sys.executable, "-c", GREEDY], env=path, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["stopped", str(200 << 20)]


COLLECTING = """
import sys
from wacket_agent import memory_cap
from wacket_agent.collectors._programs import run
memory_cap.cap(100 << 20)
wait = "from resource import *\\nwhile getrlimit(RLIMIT_DATA)[0] == 100 << 20: pass\\n"
print(run([sys.executable, "-I", "-S", "-c", wait + "print(len(bytearray(200 << 20)))"], 60).out)
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="other systems keep no such limit")
def test_a_program_of_the_site_is_not_limited():
    path = {"PYTHONPATH": str(Path(wacket_agent.__file__).parents[1])}
    done = subprocess.run([sys.executable, "-c", COLLECTING], env=path, capture_output=True, text=True, check=True)
    assert done.stdout.split() == [str(200 << 20)]


HEAPS = """
import ctypes, threading
from wacket_agent import memory_cap
if SHARED: memory_cap.share_heap()
libc, kept, gate = ctypes.CDLL(None), [], threading.Event()
libc.malloc.restype = ctypes.c_void_p
def take():
    kept.append(libc.malloc(5000))
    gate.wait()
threads = [threading.Thread(target=take) for _ in range(4)]
for thread in threads: thread.start()
while len(kept) < 4: pass
print(len({address >> 26 for address in kept}))  # a heap of a thread lies in 64 MB of its own
gate.set()
"""


@pytest.mark.slow
@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc gives each thread a heap")
@pytest.mark.parametrize("shared", [True, False])
def test_threads_share_a_heap(shared):
    path = {"PYTHONPATH": str(Path(wacket_agent.__file__).parents[1])}
    code = HEAPS.replace("SHARED", str(shared))
    done = subprocess.run([sys.executable, "-c", code], env=path, capture_output=True, text=True, check=True)
    assert int(done.stdout) <= 2 if shared else int(done.stdout) > 2
