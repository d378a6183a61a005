"""Asks the hub over one kept-alive HTTP connection, with the standard library only.

Turns refusals into the errors of errors.py, with the hub's own words. It repeats a request once when a
kept-alive connection turns out to be closed; waiting and trying again later is the caller's business.
"""

from __future__ import annotations

import gzip
import hashlib
import http.client
import json
import ssl
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, NamedTuple
from urllib.parse import urlencode

from wacket import __version__
from wacket.cli.support.errors import Denied, Failed, TimedOut, Unreachable
from wacket.cli.support.place import Place

PIECE = 256 * 1024
Query = Mapping[str, Any]


class Answer(NamedTuple):
    """What the hub answered; `body` is decompressed."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes

    def json(self) -> Any:
        try:
            return json.loads(self.body) if self.body else None
        except ValueError as error:
            raise Failed(
                "the answer is not JSON: this is probably not a Wacket hub",
                "Check the address that --hub names.",
            ) from error


class Hub:
    """One hub. Not for several threads at once: give each its own."""

    def __init__(self, place: Place, timeout: float = 30.0, tell: Callable[[str], None] = lambda _: None) -> None:
        self.place, self.timeout = place, timeout
        self._tell = tell  # hears of every request and its status
        self._connection: http.client.HTTPConnection | None = None

    def get(self, path: str, query: Query | None = None) -> Any:
        """The JSON that a GET answers. `query` values may be lists; None is left out."""
        return self.call("GET", path, query=query).json()

    def post(self, path: str, value: Any = None) -> Any:
        return self._send("POST", path, value)

    def put(self, path: str, value: Any) -> Any:
        return self._send("PUT", path, value)

    def patch(self, path: str, value: Any) -> Any:
        return self._send("PATCH", path, value)

    def delete(self, path: str) -> Any:
        return self.call("DELETE", path).json()

    def call(
        self,
        method: str,
        path: str,
        *,
        query: Query | None = None,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        allow: tuple[int, ...] = (),
    ) -> Answer:
        """One request. Raises unless the answer is 2xx or its status is in `allow`."""
        answer = self._whole(self._ask(method, _target(path, query), body, headers or {}))
        if answer.status >= 300 and answer.status not in allow:
            raise refusal(answer)
        return answer

    def stream(
        self,
        path: str,
        query: Query | None = None,
        *,
        method: str = "GET",
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Iterator[bytes]:
        """The body of an answer piece by piece as it comes, decompressed."""
        response = self._ask(method, _target(path, query), body, headers or {})
        if response.status >= 300:
            raise refusal(self._whole(response))
        unzip = zlib.decompressobj(31) if response.headers.get("Content-Encoding") == "gzip" else None
        with self._listening():
            while piece := response.read1(PIECE):
                yield unzip.decompress(piece) if unzip else piece
            if unzip:
                yield unzip.flush()
            # http.client takes an early end for the end.
            if response.length or (unzip and not unzip.eof):
                raise ConnectionError("the connection was closed")

    def headers(self) -> dict[str, str]:
        """What every request carries."""
        said = {"User-Agent": f"wacket/{__version__}", "Accept-Encoding": "gzip"}
        if self.place.token:
            said["Authorization"] = f"Bearer {self.place.token}"
        return said

    def connection(self) -> http.client.HTTPConnection:
        """One more of its kind, not open yet."""
        where = self.place
        if where.scheme == "http":
            return http.client.HTTPConnection(where.host, where.port, timeout=self.timeout)
        if where.fingerprint is None:
            return http.client.HTTPSConnection(where.host, where.port, timeout=self.timeout)
        return PinnedConnection(where, self.timeout)

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _send(self, method: str, path: str, value: Any) -> Any:
        body = json.dumps(value if value is not None else {}).encode()
        return self.call(method, path, body=body, headers={"Content-Type": "application/json"}).json()

    def _ask(self, method: str, target: str, body: bytes | None, more: Mapping[str, str]) -> http.client.HTTPResponse:
        # A request that changes something and may have arrived is repeated only if the hub can tell that it
        # is one.
        repeatable = method in {"GET", "PUT", "DELETE"} or "Idempotency-Key" in more
        used = self._connection is not None
        try:
            return self._once(method, target, body, more)
        except TimeoutError as error:
            self.close()
            raise self._too_slow() from error
        except (OSError, http.client.HTTPException) as error:
            self.close()
            if used and (repeatable or isinstance(error, http.client.RemoteDisconnected)):
                return self._ask(method, target, body, more)
            raise self._unreachable(error) from error

    def _once(self, method: str, target: str, body: bytes | None, more: Mapping[str, str]) -> http.client.HTTPResponse:
        if self._connection is None:
            self._connection = self.connection()
        self._connection.request(method, target, body, {**self.headers(), **more})
        response = self._connection.getresponse()
        self._tell(f"{method} {self.place.url}{target} → {response.status}")
        return response

    def _whole(self, response: http.client.HTTPResponse) -> Answer:
        with self._listening():
            return Answer(response.status, response.headers, _inflated(response, response.read()))

    @contextmanager
    def _listening(self) -> Iterator[None]:
        """While the body of an answer comes: what can go wrong then ends the connection and is told."""
        try:
            yield
        except TimeoutError as error:
            self.close()
            raise self._too_slow() from error
        except (OSError, EOFError, http.client.HTTPException, zlib.error) as error:
            self.close()
            raise self._broken_off(str(error) or type(error).__name__) from error

    def _too_slow(self) -> TimedOut:
        return TimedOut(
            f"the hub at {self.place.url} did not answer in {self.timeout:g} s", "Allow more with --timeout."
        )

    def _broken_off(self, why: str) -> Unreachable:
        return Unreachable(
            f"the hub at {self.place.url} stopped in the middle of its answer: {why}",
            "What came so far is incomplete. Is the hub still running? See: wacket status",
        )

    def _unreachable(self, error: Exception) -> Unreachable:
        reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
        return Unreachable(
            f"no hub answers at {self.place.url}: {reason}",
            "Is it running (`wacket up`)? Is the address right (--hub URL or WACKET_HUB)?",
        )


class PinnedConnection(http.client.HTTPSConnection):
    """Speaks only to whoever shows the certificate that `where` names.

    http.client opens a connection anew by itself, so the look at the certificate is part of connecting.
    """

    def __init__(self, where: Place, timeout: float) -> None:
        super().__init__(where.host, where.port, timeout=timeout, context=_unchecked())
        self._where = where

    def connect(self) -> None:
        """Raises Denied, with the connection closed and nothing sent, for another certificate."""
        super().connect()
        shown = self.sock.getpeercert(binary_form=True) or b""
        if hashlib.sha256(shown).hexdigest() != self._where.fingerprint:
            self.close()
            raise Denied(
                f"{self._where.url} shows another certificate than this hub's own; nothing was sent",
                "Is another hub there? `wacket status` on the hub's machine names the right fingerprint.",
            )


def _unchecked() -> ssl.SSLContext:
    """A TLS context that verifies nothing: PinnedConnection compares the fingerprint before anything is sent."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def refusal(answer: Answer) -> Failed:
    """The error for an answer that is not 2xx, in the hub's words."""
    try:
        said = json.loads(answer.body)
        words = said.get("error") or said.get("detail") or ""
    except (ValueError, AttributeError):
        words = ""
    words = str(words) or f"the hub answered {answer.status} {http.client.responses.get(answer.status, '')}".strip()
    if answer.status == 401:
        return Denied(
            words,
            "Show a token: --token or WACKET_TOKEN. On the hub's own machine, run this as the hub's owner.",
        )
    if answer.status == 403:
        return Denied(words, "Ask the hub's admin for a token or role that allows it.")
    if answer.status == 503:
        return Failed(words, f"Nothing was kept; try again in {answer.headers.get('Retry-After', '1')} s.")
    return Failed(words)


def _target(path: str, query: Query | None) -> str:
    pairs = [
        (name, item)
        for name, value in (query or {}).items()
        for item in (value if isinstance(value, (list, tuple)) else [value])
        if item is not None
    ]
    return f"{path}?{urlencode(pairs)}" if pairs else path


def _inflated(response: http.client.HTTPResponse, body: bytes) -> bytes:
    return gzip.decompress(body) if response.headers.get("Content-Encoding") == "gzip" and body else body
