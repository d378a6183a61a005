"""The link to the hub, which outlives connections: connects, proves who it is, keeps the beat, hands on what comes.

Who listens to `on_standing` is told each change, in words for a person. Nothing is kept for later: whoever has
something to say says it again after `on_welcome`, from the journal. A handler raises `Malformed` for a message that
makes no sense, which costs the connection; any other exception is a mistake of ours and rises from `run`.
"""

from __future__ import annotations

import asyncio
import os
import random
import time
from typing import Any, Callable, Dict, Mapping, NamedTuple

from wacket_agent.config import Config, parse_address
from wacket_agent.link.connection import Connection, Lost, within
from wacket_agent.link.pace import BackOff, HubClock
from wacket_agent.link.websocket import Broken
from wacket_agent.protocol import Malformed, plain, unhex
from wacket_agent.trust.identity import Identity
from wacket_agent.trust.opening import Joining, Opening, WrongHub

OPEN_SECONDS = 20.0  # for one attempt, from the first packet to the hub's verdict
BEAT = 5.0  # seconds, until the hub has said otherwise
SHORTEST_BEAT, LONGEST_BEAT = 0.1, 300.0
SILENT_BEATS = 3
CLOCK_BEATS = 6  # who always has something to say asks for the hub's time so seldom
BYE_SECONDS = 1.0
HOPELESS_WAIT = 600.0  # seconds: a person must do something first
LONGEST_RETRY = 3600.0
VERDICTS = ("welcome", "pending", "error")

Handler = Callable[[Dict[str, Any], bytes], None]


class Standing(NamedTuple):
    """How the link stands: `connecting`, `connected`, `pending`, `refused` or `away`; `why` is for a person."""

    state: str
    why: str = ""
    name: str = ""
    code: str = ""


class Link:
    """`about` gives what is said of this machine. `joining` is used until the hub has taken it."""

    def __init__(
        self,
        config: Config,
        identity: Identity,
        about: Callable[[], Mapping[str, Any]],
        joining: Joining | None = None,
        clock: Callable[[], int] = lambda: time.time_ns() // 1000,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self.connected = False
        self.command_key = b""
        self.standing = Standing("connecting")
        self.handlers: dict[str, Handler] = {}
        self.on_welcome: list[Callable[[], None]] = []
        self.on_closed: list[Callable[[], None]] = []
        self.on_standing: list[Callable[[Standing], None]] = []
        self.on_rekey: Callable[[Joining], None] = lambda _: None
        self._config, self._identity, self._about, self._joining = config, identity, about, joining
        self._clock, self._chance = clock, chance
        self._back_off, self._hub_clock = BackOff(chance), HubClock()
        self._connection: Connection | None = None
        self._beat, self._beat_sent, self._beat_sent_steady = BEAT, 0, 0
        self._rests = 0.0  # seconds that the hub wants us to stay away; below 0 for the usual
        self._own: dict[str, Callable[[Opening, dict[str, Any]], None]] = {
            **{"welcome": self._welcome, "pending": self._pending, "error": self._error},
            **{"beat": self._hear_beat, "bye": self._bye, "rekey": self._rekey},
        }

    async def run(self) -> None:
        """Until cancelled; then the hub is told that the end is meant."""
        while True:
            self._rests = -1.0
            try:
                await self._connect_once()
            except (OSError, Broken, Malformed, WrongHub, asyncio.TimeoutError) as error:
                if self._rests < 0 or self.standing.state != "refused":  # else the hub said it better
                    self._stand("away", _reason(error))
            wait = self._back_off.next() if self._rests < 0 else self._rests
            await asyncio.sleep(wait)

    def send(self, message: Mapping[str, Any]) -> None:
        """Nothing if not connected."""
        if self.connected and self._connection:
            self._connection.send(message)

    def send_bytes(self, head: Mapping[str, Any], payload: bytes) -> None:
        if self.connected and self._connection:
            self._connection.send_bytes(head, payload)

    def pending_bytes(self) -> int:
        return self._connection.pending_bytes() if self._connection else 0

    async def drained(self) -> None:
        if self._connection:
            await self._connection.drained()

    def time(self) -> int:
        """The hub's clock, µs. Follows a clock that nobody can set, so that setting ours changes nothing."""
        ahead = self._hub_clock.ahead
        return self._clock() if ahead is None else _steady() + ahead

    @property
    def offset(self) -> int:
        """µs to add to our own clock for the hub's."""
        return self.time() - self._clock()

    async def _connect_once(self) -> None:
        connection, opening, verdict = await within(OPEN_SECONDS, self._open())
        self._connection = connection
        beats = asyncio.ensure_future(self._keep_beat(connection))
        try:
            self._hear(opening, verdict, b"")
            while True:
                self._hear(opening, *await connection.receive())
        except Malformed as error:
            connection.send({"t": "error", "code": "malformed", "reason": str(error), "retry": None})
            raise
        except asyncio.CancelledError:
            connection.send({"t": "bye", "why": "stopped"})
            raise
        finally:
            beats.cancel()
            self._connection = None
            self._closed()
            await connection.close(BYE_SECONDS)

    async def _open(self) -> tuple[Connection, Opening, dict[str, Any]]:
        """Up to the hub's verdict."""
        connection = await Connection.dial(parse_address(self._config.hub))
        try:
            opening = Opening(self._config.pin, self._identity, os.urandom(32), connection.certificate)
            connection.send(opening.hi())
            said = await _next(connection, ("hello", "error"))
            if said["t"] == "hello":
                connection.send(opening.answer(said, self._about(), self._joining))
                said = await _next(connection, VERDICTS)
        except BaseException:
            connection.abort()
            raise
        return connection, opening, said

    def _hear(self, opening: Opening, message: dict[str, Any], payload: bytes) -> None:
        own = self._own.get(message["t"])
        handler = self.handlers.get(message["t"]) if self.connected else None
        if own:
            own(opening, message)
        elif handler:
            handler(message, payload)

    def _welcome(self, opening: Opening, message: dict[str, Any]) -> None:
        self.command_key = opening.command_key(message)
        beat, hub = _number(message.get("beat")), _number(message.get("time"))
        self._beat = beat if beat and SHORTEST_BEAT <= beat <= LONGEST_BEAT else BEAT
        if hub is not None:
            self._hub_clock.begin(int(hub) - _steady())
        self._joining = None
        self._back_off.succeeded()
        self.connected = True
        self._send_beat()
        self._stand("connected", name=plain(message.get("name")), code=opening.code)
        for told in self.on_welcome:
            told()

    def _pending(self, opening: Opening, message: dict[str, Any]) -> None:
        self._joining = None
        self._back_off.succeeded()
        self._stand("pending", plain(message.get("why")), plain(message.get("name")), opening.code)

    def _error(self, opening: Opening, message: dict[str, Any]) -> None:
        """What is left open for a `rekey` is not closed here."""
        code, retry = plain(message.get("code")), _number(message.get("retry"))
        least = HOPELESS_WAIT if retry is None else max(0.0, min(retry, LONGEST_RETRY))
        self._rests = least + self._back_off.next()
        self._closed()
        self._stand("refused", f"{plain(message.get('reason'))} ({code})", code=opening.code)
        if code != "clone":
            raise Lost(self.standing.why)

    def _bye(self, _: Opening, message: dict[str, Any]) -> None:
        retry = _number(message.get("retry"))
        if retry and retry > 0:
            self._rests = self._chance() * min(retry, LONGEST_RETRY)
        raise Lost(f"the hub went away: {plain(message.get('why')) or 'it said goodbye'}")

    def _rekey(self, _: Opening, message: dict[str, Any]) -> None:
        """Only to whom the hub has just said that another machine has the same key."""
        token, secret = _number(message.get("token")), unhex(message.get("secret"), 16)
        if token is None:
            raise Malformed("rekey without a token")
        if self.standing.state == "refused":
            self.on_rekey(Joining(int(token), secret, ""))

    def _hear_beat(self, _: Opening, message: dict[str, Any]) -> None:
        at, hub = message.get("at"), _number(message.get("time"))
        if at == self._beat_sent and hub is not None:
            self._hub_clock.heard(self._beat_sent_steady, int(hub), _steady())

    async def _keep_beat(self, connection: Connection) -> None:
        """Beats while we say nothing, or hear nothing, and at times in any case, for the hub's clock.

        After three beats of silence the connection is dead.
        """
        loop = asyncio.get_event_loop()
        beat_at = loop.time()
        while True:
            now = loop.time()
            if now - connection.heard_at > SILENT_BEATS * self._beat:
                connection.abort(f"the hub was silent for {SILENT_BEATS * self._beat:.0f} s")
                return
            silent = min(connection.said_at, max(connection.heard_at, beat_at)) + self._beat
            due = min(silent, beat_at + CLOCK_BEATS * self._beat)
            if now >= due:
                self._send_beat()
                beat_at = now
            await asyncio.sleep(max(due - now, self._beat / 10))

    def _send_beat(self) -> None:
        if self._connection:
            self._beat_sent, self._beat_sent_steady = self._clock(), _steady()
            self._connection.send({"t": "beat", "at": self._beat_sent})

    def _closed(self) -> None:
        was, self.connected = self.connected, False
        for told in self.on_closed if was else ():
            told()

    def _stand(self, state: str, why: str = "", name: str = "", code: str = "") -> None:
        new = Standing(state, why, name, code)
        if new != self.standing:
            self.standing = new
            for told in self.on_standing:
                told(new)


async def _next(connection: Connection, types: tuple[str, ...]) -> dict[str, Any]:
    """The next message of one of these types; others are of a newer protocol."""
    while True:
        message, _ = await connection.receive()
        if message["t"] in types:
            return message


def _steady() -> int:
    """A clock that nobody sets, µs."""
    return time.monotonic_ns() // 1000


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    return value if abs(value) < 2**53 else None


def _reason(error: BaseException) -> str:
    """For a person; each kind of failure in the same words each time, so that it is told once."""
    if isinstance(error, asyncio.TimeoutError):
        return f"the hub did not answer within {OPEN_SECONDS:.0f} s"
    if isinstance(error, ConnectionRefusedError):
        return "nobody listens at the hub's address"
    if isinstance(error, Malformed):
        return f"the hub said what is no part of the protocol: {error}"
    return plain(getattr(error, "strerror", None) or str(error))
