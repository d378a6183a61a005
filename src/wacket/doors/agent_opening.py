"""The first words of an agent's connection: both ends prove who they are. Lets nobody in; the door does.

The rules of the proof are in fleet/handshake.py, who belongs here in fleet/enrolment.py.
"""

from __future__ import annotations

import secrets

from wacket.doors.agent_link import AgentLink
from wacket.errors import Unavailable
from wacket.fleet.enrolment import Enrolment, Known
from wacket.fleet.handshake import Meeting
from wacket.fleet.hubkey import HubKey
from wacket.fleet.messages import VERSION, Auth, Hi, Join, Malformed, Refused
from wacket.intake.limits import Throttle, neighbourhood

NONCE_BYTES = 32
BETWEEN = "the certificate that this machine was shown is not the hub's: somebody stands between, or a proxy that the hub does not know (doors.trusted_proxies)"  # noqa: E501


async def met(link: AgentLink, key: HubKey, certificate: str, now: int) -> Meeting:
    """The hub has proved itself. `certificate` is the digest of its own. Raises Refused, Malformed and Left."""
    said = await link.hear()
    if said.kind != "hi":
        raise Malformed("an agent says hi first")
    hi = said.members(Hi)
    if hi.v != VERSION:
        raise Refused("version", f"this hub speaks version {VERSION} of the protocol", speaks=[VERSION])
    if not _is_direct(link, hi.cert, certificate):
        raise Refused("certificate", BETWEEN)
    if not hi.nonce:
        raise Malformed("hi: a nonce has 32 bytes")
    meeting = Meeting(key.public, hi.nonce, secrets.token_hex(NONCE_BYTES), hi.cert)
    signature = key.sign(meeting.of_the_hub())
    hello = {"t": "hello", "v": VERSION, "hub": key.public, "nonce": meeting.hubs_nonce, "time": now, "sig": signature}
    link.send(hello)
    return meeting


def _is_direct(link: AgentLink, seen: str, certificate: str) -> bool:
    """Whether the agent saw the certificate that it should have: ours, or that of a proxy which the owner has named."""
    if link.socket.ends_tls:
        return seen == certificate
    return not seen or link.by_proxy


async def identified(
    link: AgentLink, meeting: Meeting, enrolment: Enrolment, tries: Throttle, now: int
) -> tuple[Known, Auth | Join]:
    """The agent has proved itself: who it is, and what it said. Raises Refused, Malformed and Left."""
    said = await link.hear()
    if said.kind == "auth":
        auth = said.members(Auth)
        return enrolment.auth(meeting, auth), auth
    if said.kind != "join":
        raise Malformed("an agent says auth or join now")
    where = neighbourhood(link.peer)
    if wait := tries.wait(where, now):
        raise Refused("full", "too many machines with a wrong token came from this address", int(wait) + 1)
    join = said.members(Join)
    try:
        known = await enrolment.join(meeting, join, link.peer)
    except Unavailable as error:
        raise Refused("full", str(error), max(1, round(error.retry_after))) from error
    except Refused as error:
        if error.code == "token":
            tries.begin(where, now)
        raise
    return known, join
