"""The opening of a connection: the hub proves itself, then the node does. Pure; `link/` has the connection.

Nothing is told about this machine before the hub has proved that it is the one that was pinned.
"""

from __future__ import annotations

from typing import Any, Mapping, NamedTuple

from wacket_agent import protocol
from wacket_agent.protocol import Malformed, unhex
from wacket_agent.trust.identity import Identity
from wacket_agent.trust.signatures import Verifier

Said = Mapping[str, Any]


class WrongHub(Exception):
    """Who answers is not the hub that this machine joined."""


class Joining(NamedTuple):
    """Of the token that a person pasted, what a join takes, and how the node is to be called. With `visit` the hub
    gives its verdict only: the connection takes no place from an agent that runs already.
    """

    token: int
    secret: bytes
    name: str
    visit: bool = False


class Opening:
    """One per connection. `nonce` is 32 random bytes; `certificate` the hash of what TLS showed, "" without TLS."""

    def __init__(self, pin: str, identity: Identity, nonce: bytes, certificate: str) -> None:
        self._pin, self._identity, self._certificate = pin, identity, certificate
        self._key, self._n1 = identity.public.hex(), nonce.hex()
        self._hub = ""
        self._verifier: Verifier | None = None

    def hi(self) -> dict[str, Any]:
        return {"t": "hi", "v": protocol.VERSION, "nonce": self._n1, "cert": self._certificate}

    def answer(self, hello: Said, about: Said, joining: Joining | None) -> dict[str, Any]:
        """`auth` or `join`. Raises WrongHub or Malformed: then nothing more is said."""
        public, n2 = unhex(hello.get("hub"), 32), unhex(hello.get("nonce"), 32).hex()
        if protocol.fingerprint(public) != self._pin:
            raise WrongHub("another hub is at this address: its key is not the one that was pinned")
        self._hub = public.hex()
        try:
            self._verifier = Verifier(public)
        except ValueError as error:
            raise Malformed(str(error)) from None
        self._check(hello.get("sig"), protocol.hub_text(self._n1, n2, self._certificate))
        proof = self._identity.sign(protocol.node_text(self._hub, n2, self._n1, self._certificate)).hex()
        said = {"key": self._key, "sig": proof, "about": dict(about)}
        if joining is None:
            return {"t": "auth", **said}
        token = protocol.join_proof(joining.secret, self._hub, n2, self._n1, self._certificate, self._key)
        visit = {"visit": True} if joining.visit else {}
        return {"t": "join", **said, "token": joining.token, "proof": token, "name": joining.name, **visit}

    def command_key(self, welcome: Said) -> bytes:
        """The key that may sign commands, if the hub key vouches for it. Raises WrongHub or Malformed."""
        key = unhex(welcome.get("command_key"), 32)
        self._check(welcome.get("command_key_sig"), protocol.command_key_text(key.hex(), self._hub))
        return key

    @property
    def code(self) -> str:
        """The short code, computed here: what the hub says it is would prove nothing. "" before the hello."""
        return protocol.short_code(self._hub, self._key) if self._hub else ""

    def _check(self, signature: object, text: bytes) -> None:
        if self._verifier is None or not self._verifier.accepts(unhex(signature, 64), text):
            raise WrongHub("who answers has not the key of the hub, or somebody stands between")
