"""Opens every door that the settings name, on the parts that hub.py has built. Closing ends them in good order.

Builds no part that outlives the doors, and looks at nothing that comes in.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Any

from wacket import api
from wacket.api.parts import Parts
from wacket.doors.agents import AgentDoor
from wacket.doors.http import HttpDoor
from wacket.doors.listening import bound
from wacket.doors.own_machine import OwnMachine
from wacket.doors.tcp import TcpDoor
from wacket.doors.udp import UdpDoor
from wacket.doors.websocket import AGENTS

if TYPE_CHECKING:
    from wacket.doors.certificate import Certificate


async def open_doors(parts: Parts, tasks: asyncio.TaskGroup) -> AsyncExitStack:
    """Open every door that the settings name; closing the result closes them and stores what they took in."""
    settings, opened = parts.settings.doors, AsyncExitStack()
    opened.push_async_callback(parts.intake.drain)
    tcp = TcpDoor(parts.admission, parts.intake, settings, parts.clock)
    udp = UdpDoor(parts.admission, parts.intake, parts.clock)
    parts.edges["tcp"], parts.edges["udp"] = tcp, udp
    opened.push_async_callback(tcp.close)
    opened.push_async_callback(udp.close)
    opened.callback(tasks.create_task(tcp.sweep(), name="sweep").cancel)
    for name in ("tcp", "tcps"):
        if address := getattr(settings, name):
            tls = _tls(parts) if name == "tcps" else None
            for listening in bound(address):
                server = await tcp.serve(listening, tls)
                opened.callback(server.close)
                parts.addresses.setdefault(name, _address(listening))
    if settings.udp:
        for listening in bound(settings.udp, socket.SOCK_DGRAM):
            transport = await udp.serve(listening)
            opened.callback(transport.close)
            parts.addresses.setdefault("udp", _address(listening))
    if parts.settings.hub.own_machine:
        own = OwnMachine(parts.folder, parts.fleet.presence, parts.admission, parts.intake, parts.clock)
        parts.edges["own_machine"] = own
        opened.callback(tasks.create_task(own.run(), name="own machine").cancel)
    agents = _agents(parts)
    opened.callback(tasks.create_task(agents.run(), name="agents").cancel)
    application = api.build(parts, {AGENTS: agents})
    for name in ("http", "https"):
        if address := getattr(settings, name):
            files = _certificate(parts) if name == "https" else None
            door = HttpDoor(application, bound(address), files, settings.proxies())
            parts.edges[name] = door
            tasks.create_task(door.serve_until_closed(), name=name)
            opened.push_async_callback(door.close)
            parts.addresses[name] = _address(door.listening[0])
            await door.wait_open()
    opened.callback(agents.close)  # before the doors that it stands behind
    opened.callback(parts.jobs.desk.dismiss)
    return opened


def _agents(parts: Parts) -> AgentDoor:
    shown = (fingerprint(parts) or "").replace(":", "").lower()
    door = AgentDoor(
        parts.fleet,
        parts.admission,
        parts.intake,
        parts.jobs.desk,
        parts.signer.public,
        parts.bus,
        parts.clock,
        shown,
    )
    parts.edges["agents"] = door
    return door


def _tls(parts: Parts) -> ssl.SSLContext:
    files = _certificate(parts)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(files.certificate, files.key)
    return context


def fingerprint(parts: Parts) -> str | None:
    if not (parts.settings.doors.https or parts.settings.doors.tcps):
        return None
    return _certificate(parts).fingerprint


def _certificate(parts: Parts) -> Certificate:
    from wacket.doors import certificate  # 7 MB of memory, which a hub without TLS does not need

    return certificate.ensure(parts.folder / "tls")


def _address(listening: Any) -> str:
    host, port = listening.getsockname()[:2]
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
