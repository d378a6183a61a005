"""Where other machines find this hub. What people open is in setup.py; nothing here opens or listens."""

from __future__ import annotations

import contextlib
import ipaddress
import socket
from urllib.parse import urlsplit

from wacket.api.parts import Parts
from wacket.intake.admission import is_loopback
from wacket.settings import split_address

ELSEWHERE = "192.0.2.1", 9  # a documentation address; nothing is sent there
INWARD = ("docker", "br-", "veth", "virbr", "podman", "lxc", "cni")  # networks inside this machine


def address_for_agents(parts: Parts) -> str:
    """Where other machines find this hub: https if it has that door, and an address that is not this machine's own
    where it listens on all."""
    scheme = "https" if parts.addresses.get("https") else "http"
    host, port = split_address(parts.addresses.get(scheme) or parts.settings.doors.http)
    if host in ("0.0.0.0", "::"):  # noqa: S104 - compared, not bound
        host = _own_address()
    return f"{scheme}://[{host}]:{port}" if ":" in host else f"{scheme}://{host}:{port}"


def is_own(url: str) -> bool:
    """Whether a URL leads to this machine from this machine only."""
    host = (urlsplit(url).hostname or "").lower()
    return host == "localhost" or is_loopback(host)


def _own_address() -> str:
    """The one that this machine uses towards others, or has in a network that leads nowhere; else its name."""
    with contextlib.suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect(ELSEWHERE)
        return str(probe.getsockname()[0])
    return next(iter(network_addresses()), socket.gethostname())


def network_addresses() -> list[str]:
    """Of this machine's networks, those of its own containers and virtual machines last."""
    import psutil  # type: ignore[import-untyped]

    states, found = psutil.net_if_stats(), []
    for name, addresses in psutil.net_if_addrs().items():
        own = [ipaddress.ip_address(each.address) for each in addresses if each.family == socket.AF_INET]
        usable = [each for each in own if not (each.is_loopback or each.is_link_local)]
        if name in states and states[name].isup:
            found += [(name.startswith(INWARD), str(each)) for each in usable]
    return [address for _, address in sorted(found, key=lambda one: one[0])]
