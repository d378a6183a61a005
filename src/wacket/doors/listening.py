"""Sockets that listen. The host `*` stands for every address that the machine has, IPv4 and IPv6.

Each family has a socket of its own: a single one for both would show IPv4 senders under IPv6 names.
"""

from __future__ import annotations

import errno
import socket

from wacket.errors import BadSettings
from wacket.settings import split_address

EVERYWHERE = "0.0.0.0", "::"  # noqa: S104 - the owner asked for it
NOT_HERE = errno.EAFNOSUPPORT, errno.EADDRNOTAVAIL


def bound(address: str, kind: socket.SocketKind = socket.SOCK_STREAM) -> list[socket.socket]:
    """Sockets on `address`, all with the same port. Raises BadSettings when it cannot be had."""
    host, port = split_address(address)
    first, *others = EVERYWHERE if host == "*" else (host,)
    made: list[socket.socket] = []
    try:
        made.append(_bound(first, port, kind))
        port = made[0].getsockname()[1]
        made += [_bound(other, port, kind) for other in others]
    except OSError as error:
        if made and error.errno in NOT_HERE:
            return made
        for one in made:
            one.close()
        raise BadSettings(f"cannot listen on {address}: {error.strerror}; choose another address") from error
    return made


def _bound(host: str, port: int, kind: socket.SocketKind) -> socket.socket:
    family, _, _, _, address = socket.getaddrinfo(host, port, type=kind, flags=socket.AI_PASSIVE)[0]
    # The protocol is named because event loops turn Nagle's delay off only where it is.
    made = socket.socket(family, kind, socket.IPPROTO_TCP if kind == socket.SOCK_STREAM else socket.IPPROTO_UDP)
    try:
        if kind == socket.SOCK_STREAM:
            made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        made.bind(address)
        made.setblocking(False)
    except OSError:
        made.close()
        raise
    return made
