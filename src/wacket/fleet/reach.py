"""Asks the network about a node: what its name stands for, and whether its address answers. Each within a short time.

The address is only ever the one that the hub itself has seen; a name that a machine has said is looked up if it can be
one, and nothing more is done with it.
"""

from __future__ import annotations

import asyncio
import ipaddress
import re
import shutil
import socket
import sys
from collections.abc import Sequence
from contextlib import suppress

from wacket.fleet.diagnosis import Answer

PATIENCE = 2.0  # seconds for each question
AT_ONCE = 8  # people may ask of many nodes; the hub's own look-ups must not wait behind those
_HOST = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?(?:\.[A-Za-z0-9-]{1,63}){0,8}")
_TOOK = re.compile(rb"time[=<]([0-9.]+)")


class Reach:
    """`ping` is the path of the program, None where it is not installed."""

    def __init__(self, ping: str | None = None) -> None:
        self._program = ping
        self._turns = asyncio.Semaphore(AT_ONCE)

    @classmethod
    def of_this_machine(cls) -> Reach:
        return cls(shutil.which("ping"))

    async def name(self, host: str) -> Answer | None:
        """What a host name stands for, by itself or in the local network; None if it is no name."""
        if not _HOST.fullmatch(host):
            return None
        names = [host] if "." in host else [f"{host}.local", host]
        with suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE), self._turns:
                return _named(names, await asyncio.gather(*map(_looked_up, names)))
        return Answer(None, f"the look-up of {' and '.join(names)} has not ended in time")

    async def ping(self, address: str) -> Answer:
        """Whether an address answers."""
        try:
            where = ipaddress.ip_address(address)
        except ValueError:
            return Answer(None, "not asked: there is no address that could be")
        if where.is_loopback:
            return Answer(None, f"not asked: {where} is the hub's own machine")
        if where.is_unspecified or where.is_multicast:
            return Answer(None, f"not asked: {where} is no machine's address")
        if self._program is None:
            return Answer(None, "not asked: the program ping is not installed on the hub's machine")
        with suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE), self._turns:
                return await self._asked(self._program, str(where))
        return Answer(False, f"{where} does not answer")

    async def _asked(self, program: str, address: str) -> Answer:
        waiting = ["-W", "1"] if sys.platform == "linux" else []
        words = [program, "-n", "-c", "1", *waiting, address]
        pipe, nothing = asyncio.subprocess.PIPE, asyncio.subprocess.DEVNULL
        try:
            process = await asyncio.create_subprocess_exec(*words, stdin=nothing, stdout=pipe, stderr=nothing)
        except OSError as error:
            return Answer(None, f"not asked: {program} cannot be run ({error.strerror})")
        try:
            said, _ = await process.communicate()
        finally:
            with suppress(ProcessLookupError):
                if process.returncode is None:
                    process.kill()
            await process.wait()
        if process.returncode == 0:
            took = _TOOK.search(said)
            return Answer(True, f"{address} answers" + (f" in {float(took[1]):.3g} ms" if took else ""))
        if process.returncode == 1:
            return Answer(False, f"{address} does not answer")
        return Answer(None, f"not asked: ping ended with {process.returncode}; may the hub's account use it?")


def _named(names: Sequence[str], found: Sequence[Sequence[str]]) -> Answer:
    for name, addresses in zip(names, found, strict=True):
        if addresses:
            return Answer(True, f"{name} stands for {', '.join(addresses[:3])}", tuple(addresses))
    return Answer(False, f"nobody here knows the name {' or '.join(names)}")


async def _looked_up(name: str) -> Sequence[str]:
    try:
        found = await asyncio.get_running_loop().getaddrinfo(name, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return ()
    return list(dict.fromkeys(str(one[4][0]) for one in found))
