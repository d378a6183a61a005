"""The ports that programs listen on: how many, and a log with all of them when that changes.

Which program it is shows only for those that the agent's account may look at; for root, all. UDP ports of the range
that the kernel gives to whoever asks for any are left out: each question to a name server opens one for a moment.
"""

from __future__ import annotations

import os
import socket
import struct
from typing import Iterator, NamedTuple

from wacket_agent.collectors._context import Absent, Context
from wacket_agent.lines import Log, Point

PERIOD = 60.0
LISTENING = {"tcp": "0A", "tcp6": "0A", "udp": "07", "udp6": "07"}  # as /proc/net writes the state
MOST = 300
NAMED = 10  # in the message; the list has all
EPHEMERAL = (32768, 60999)


class Port(NamedTuple):
    protocol: str
    port: int
    address: str
    program: str

    def __str__(self) -> str:
        return f"{self.protocol} {self.address} {self.port}" + (f" ({self.program})" if self.program else "")


def collect(context: Context) -> Iterator[Point | Log]:
    if not context.on_linux:
        raise Absent("listening ports are told on Linux only")
    found = {inode: port for file in LISTENING for inode, port in listening(context, file)}
    programs = programs_of(context, set(found))
    ports = sorted({port._replace(program=programs.get(inode, "")) for inode, port in found.items()})
    yield Point("ports", {"listening": len(ports)})
    before = context.kept.get("ports")
    context.kept["ports"] = ports
    if before != ports:
        listed = [port._asdict() for port in ports[:MOST]]
        yield Log(news(before, ports), "info", {"ports": listed})


def news(before: list[Port] | None, ports: list[Port]) -> str:
    """What is different; all of them at first."""
    if before is None:
        return f"listening: {some(ports)}" if ports else "no port is listened on"
    opened, closed = sorted(set(ports).difference(before)), sorted(set(before).difference(ports))
    return "; ".join(f"{word} {some(each)}" for word, each in (("opened", opened), ("closed", closed)) if each)


def some(ports: list[Port]) -> str:
    more = f" and {len(ports) - NAMED} more" if len(ports) > NAMED else ""
    return ", ".join(map(str, ports[:NAMED])) + more


def listening(context: Context, file: str) -> Iterator[tuple[str, Port]]:
    """The sockets of one table, by their inode."""
    protocol, low, high = file[:3], *ephemeral(context)
    state = f" {LISTENING[file]} "
    for line in context.word(f"/proc/net/{file}").splitlines()[1:]:
        if state not in line:  # a server has thousands of connections; splitting each line would cost much
            continue
        words = line.split(None, 10)
        if words[3] != LISTENING[file]:
            continue
        host, _, number = words[1].partition(":")
        port = int(number, 16)
        if protocol == "tcp" or not low <= port <= high:
            yield words[9], Port(protocol, port, address(host), "")


def address(digits: str) -> str:
    """The kernel prints words of 32 bits as numbers, whose bytes stand as this processor keeps them."""
    raw = b"".join(struct.pack("=I", int(digits[at : at + 8], 16)) for at in range(0, len(digits), 8))
    return socket.inet_ntop(socket.AF_INET if len(raw) == 4 else socket.AF_INET6, raw)


def ephemeral(context: Context) -> tuple[int, int]:
    words = context.word("/proc/sys/net/ipv4/ip_local_port_range").split()
    return (int(words[0]), int(words[1])) if len(words) == 2 else EPHEMERAL


def programs_of(context: Context, inodes: set[str]) -> dict[str, str]:
    """Looking at the open files of all processes costs much, so it is done only when another socket listens."""
    known, programs = context.kept.get("programs", (None, {}))
    if known != inodes:
        programs = dict(searched(context, inodes))
        context.kept["programs"] = inodes, programs
    return programs


def searched(context: Context, inodes: set[str]) -> Iterator[tuple[str, str]]:
    for pid in context.names("/proc"):
        files = context.names(f"/proc/{pid}/fd") if pid.isdigit() else []
        for file in files:
            inode = target(context, f"/proc/{pid}/fd/{file}").partition("socket:[")[2].rstrip("]")
            if inode in inodes:
                yield inode, context.word(f"/proc/{pid}/comm")


def target(context: Context, link: str) -> str:
    try:
        return os.readlink(context.path(link))
    except OSError:
        return ""
