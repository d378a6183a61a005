"""Those that wait for a person's word: machines that joined, and devices that just began to speak. See, accept, refuse.

Adopting one under another name is a change of its node (nodes.py). What a device sent meanwhile is kept, apart, and
belongs to it from its first line.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from sqlalchemy import Connection

from wacket.api.access import Caller, iso, may, parts_of
from wacket.api.many import MOST, change_each, outcomes
from wacket.api.parts import Parts, apart
from wacket.api.pending_shapes import Choice, Decided, Guess, NewSeries, Pending, PendingDevice, PendingMachine, Same
from wacket.errors import BadRequest
from wacket.history import times
from wacket.intake.units import likely_unit
from wacket.ledger import nodes
from wacket.ledger.nodes import NodeRow
from wacket.records import Series

router = APIRouter(tags=["nodes"])
Operator = Annotated[Caller, Depends(may("operate"))]
MOST_SERIES = 20  # that are shown of one device


@router.get("/api/v1/pending", summary="Who waits to be let in")
async def pending(
    caller: Operator,
    request: Request,
    limit: Annotated[int, Query(ge=1, le=MOST, description="At most so many of each kind.")] = 200,
) -> Pending:
    """Machines that joined and wait for a person, and devices that speak and belong to nobody yet."""
    parts = parts_of(request)
    waiting = sorted(_waiting(parts), key=lambda row: -row.first_seen)
    machines = [row for row in waiting if _is_machine(parts, row)]
    devices = [row for row in waiting if not _is_machine(parts, row)]
    more = max(0, len(machines) - limit) + max(0, len(devices) - limit)
    return Pending(
        machines=[_machine(parts, row) for row in machines[:limit]],
        devices=await apart(parts, _devices, parts, devices[:limit]),
        more=more,
    )


@router.post("/api/v1/pending/accept", summary="Let in those that wait")
async def accept(caller: Operator, body: Choice, request: Request) -> Decided:
    """From now on they belong to the place, with all that they have sent already."""
    return await _decide(parts_of(request), caller, body, "adopted")


@router.post("/api/v1/pending/refuse", summary="Refuse those that wait")
async def refuse(caller: Operator, body: Choice, request: Request) -> Decided:
    """They are retired: nothing more is taken of them until somebody adopts them."""
    return await _decide(parts_of(request), caller, body, "retired")


async def _decide(parts: Parts, caller: Caller, choice: Choice, state: str) -> Decided:
    names = _chosen(parts, choice)

    def change(connection: Connection, row: NodeRow) -> Mapping[str, Any]:
        if row.state != "pending":
            raise BadRequest(f"it does not wait any more: it is {row.state}")
        nodes.set_state(connection, row.name, state)
        return {"state": state, "was": "pending"}

    done = await change_each(parts, caller, "node.change", names, change)
    for one in done:
        if one.row is not None:
            parts.intake.strangers.forget(one.row.id)
    return Decided(results=outcomes(done))


def _chosen(parts: Parts, choice: Choice) -> list[str]:
    """Raises BadRequest where it is not clear whom somebody means."""
    if bool(choice.names) == choice.all:
        raise BadRequest('say either whom you mean, {"names": […]}, or {"all": true}', "names")
    if choice.names:
        if choice.same is not None:
            raise BadRequest('"same" chooses among "all"; it does not go with names', "same")
        return choice.names
    fits = _fitting(parts, choice.same or Same())
    return sorted(row.name for row in _waiting(parts) if fits(row))


def _fitting(parts: Parts, same: Same) -> Callable[[NodeRow], bool]:
    network = _network(same.subnet) if same.subnet else None
    since = times.instant(same.since, parts.clock(), "same.since") if same.since else 0

    def fits(row: NodeRow) -> bool:
        agent = parts.fleet.agents.of_node(row.id)
        return (
            row.first_seen >= since
            and (network is None or _is_in(network, row.last_peer))
            and (same.kind is None or (same.kind == "machine") == (agent is not None))
            and (same.token is None or (agent is not None and agent.token == same.token))
        )

    return fits


def _network(text: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network:
    try:
        return ipaddress.ip_network(text.strip(), strict=False)
    except ValueError as error:
        raise BadRequest(f"{error}; write for example 10.0.2.0/24", "same.subnet") from error


def _is_in(network: ipaddress.IPv4Network | ipaddress.IPv6Network, peer: str) -> bool:
    try:
        address = ipaddress.ip_address(peer.partition("%")[0])
    except ValueError:
        return False
    return (getattr(address, "ipv4_mapped", None) or address) in network


def _waiting(parts: Parts) -> list[NodeRow]:
    return [row for row in parts.catalogue.nodes() if row.state == "pending"]


def _is_machine(parts: Parts, row: NodeRow) -> bool:
    return parts.fleet.agents.of_node(row.id) is not None


def _machine(parts: Parts, row: NodeRow) -> PendingMachine:
    agent, state = parts.fleet.agents.of_node(row.id), parts.fleet.presence.of(row)
    about = agent.about if agent else {}
    return PendingMachine(
        name=row.name,
        code=parts.fleet.code(row.id),
        host=about.get("host", ""),
        os=about.get("os", ""),
        system=about.get("system", ""),
        peer=row.last_peer,
        since=iso(state.since),
        tags=row.tags,
        token=agent.token if agent else None,
        why=state.why,
    )


def _devices(parts: Parts, rows: list[NodeRow]) -> list[PendingDevice]:
    """In a thread: to find their newest values takes a while."""
    series: dict[int, list[Series]] = {}
    for one in parts.catalogue.of_nodes({row.id for row in rows}):
        if len(known := series.setdefault(one.node, [])) < MOST_SERIES:
            known.append(one)
    latest = parts.query.latest([one.id for some in series.values() for one in some])
    return [_device(parts, row, series.get(row.id, []), latest) for row in rows]


def _device(parts: Parts, row: NodeRow, series: list[Series], latest: Mapping[int, tuple[int, float]]) -> PendingDevice:
    said = parts.intake.strangers.of_node(row.id)
    units = {one.name: likely_unit(one.name) for one in series if not one.unit}
    return PendingDevice(
        name=row.name,
        peer=row.last_peer,
        first_seen=iso(row.first_seen),
        last_seen=iso(max(row.last_seen, said.at)),
        lines=said.lines,
        sample=list(said.sample),
        series=[_new_series(one, latest.get(one.id)) for one in series],
        guess=Guess(units={name: unit for name, unit in units.items() if unit}),
    )


def _new_series(one: Series, newest: tuple[int, float] | None) -> NewSeries:
    at, value = (iso(newest[0]), newest[1]) if newest else (None, None)
    return NewSeries(name=one.name, labels=one.labels, unit=one.unit, value=value, at=at)
