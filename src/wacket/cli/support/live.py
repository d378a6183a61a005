"""What happens now, over the hub's WebSocket. Reconnects nowhere: a hub that went away ends the command."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from wacket.cli.support.client import Hub
from wacket.cli.support.errors import Denied, Failed, Unreachable
from wacket.cli.support.turns import TakingTurns

SILENCE = 60.0  # seconds; websockets asks for a sign of life every 20
Messages = Callable[[float | None], Iterator[dict[str, Any]]]


@contextmanager
def connected(hub: Hub, wanted: Mapping[str, Any]) -> Iterator[Messages]:
    """Subscribe to `wanted`; gives a function that yields messages for so many seconds, or for ever.

    Raises Unreachable when there is no hub or it goes away, Denied when it does not allow it.
    """
    from websockets.exceptions import InvalidStatus, WebSocketException
    from websockets.sync.client import connect

    where = hub.place
    more = {"Authorization": f"Bearer {where.token}"} if where.token else {}
    try:
        url, way = _way(hub)
        with connect(
            url, additional_headers=more, open_timeout=hub.timeout, proxy=None, max_size=2**24, **way
        ) as socket:
            socket.send(json.dumps(wanted))
            yield lambda seconds: _messages(socket, seconds)
    except InvalidStatus as error:
        status = error.response.status_code
        if status in {401, 403}:
            raise Denied(
                "the hub does not let you follow its logs", "Show a token: --token or WACKET_TOKEN."
            ) from error
        raise Unreachable(f"{where.url} answered {status} instead of opening a live connection") from error
    except (OSError, WebSocketException) as error:
        if isinstance(error, BrokenPipeError):
            raise
        raise Unreachable(
            f"the live connection to {where.url} ended: {error}",
            "Is the hub still running? See: wacket status",
        ) from error


def _messages(socket: Any, seconds: float | None) -> Iterator[dict[str, Any]]:
    end = None if seconds is None else time.monotonic() + seconds
    while True:
        left = None if end is None else end - time.monotonic()
        if left is not None and left <= 0:
            return
        try:
            message = json.loads(socket.recv(timeout=left))
        except TimeoutError:
            return
        if "error" in message:
            raise Failed(str(message["error"]))
        yield message


def _way(hub: Hub) -> tuple[str, dict[str, Any]]:
    """The address to open, and what carries it: for a pinned hub the very connection whose certificate was seen."""
    where = hub.place
    rest = where.url.removeprefix(where.scheme) + "/api/v1/live"
    if where.scheme == "http":
        return f"ws{rest}", {}
    connection = hub.connection()
    connection.connect()
    shared = TakingTurns(connection.sock)
    shared.settimeout(SILENCE)
    return f"ws{rest}", {"sock": shared}
