"""The agent's desk for commands: what the hub says of them, judged and answered.

A command is in the journal before anything else happens; one that is known is answered with what is known of it and
never begun again. How it then goes its way is in carrying.py; the desk begins nothing itself.
"""

from __future__ import annotations

import json
from typing import Any, Callable

from wacket_agent.commands import allowing, results
from wacket_agent.commands.carrying import Carrying
from wacket_agent.commands.command import ENDED, FETCHING, STARTED
from wacket_agent.protocol import Malformed
from wacket_agent.trust.envelope import Envelope, Refused, check_envelope
from wacket_agent.trust.identity import boot_id
from wacket_agent.trust.signatures import Verifier

FORGET_EVERY = 86_400_000_000  # µs


class CommandDesk:
    """`clock` gives µs; `nursery` starts runners; `boot` names this boot of the machine."""

    def __init__(
        self,
        store: Any,
        link: Any,
        config: Any,
        identity: Any,
        nursery: Any,
        clock: Callable[[], int],
        boot: str | None = None,
    ) -> None:
        self._store, self._link, self._config, self._identity, self._clock = store, link, config, identity, clock
        self._boot = boot or boot_id()
        self._verifier: Verifier | None = None
        self._forgot_at = 0
        self._taken = self._refused = 0
        self._carrying = Carrying(store, link, config, nursery, self._boot)
        self._carrying.adopt()
        link.handlers.update(
            command=self._take, settled=self._settled, have=self._have, have_file=self._have_file, blob=self._blob
        )
        link.on_welcome.append(self._welcomed)
        link.on_closed.append(self._closed)

    async def run(self) -> None:
        """Until cancelled. What runs then runs on, and is found again."""
        await self._carrying.run()

    def statistics(self) -> dict[str, int]:
        counts = {"taken": self._taken, "refused": self._refused, "ended": self._carrying.ended}
        return {**counts, **self._carrying.phases()}

    def _take(self, message: dict[str, Any], _: bytes) -> None:
        text, signature = message.get("envelope"), message.get("sig")
        if not isinstance(text, str) or not isinstance(signature, str):
            raise Malformed("a command without envelope or signature")
        now = self._link.time()
        try:
            envelope = check_envelope(text, signature, self._key(), self._identity.key_id, now)
            if envelope.expires > now + allowing.FURTHEST:
                raise Refused(
                    "the command would be good for more than 400 days; no node remembers so long", envelope.id
                )
            self._take_checked(envelope, text)
        except Refused as refused:
            if not self._answer_known(refused.id):
                self._refused += 1
                self._link.send(results.unbegun(refused.id, refused.state, now, refused.reason))

    def _take_checked(self, envelope: Envelope, text: str) -> None:
        """Raises Refused."""
        if envelope.kind == "ping":
            self._link.send(results.unbegun(envelope.id, "succeeded", self._link.time(), ""))
        elif envelope.kind == "cancel":
            state, reason = self._cancel(envelope.of)
            self._link.send(results.unbegun(envelope.id, state, self._link.time(), reason))
        elif not self._answer_known(envelope.id, in_memory=True):
            allowing.account_for(envelope, self._config)
            self._accept(envelope, text)

    def _accept(self, envelope: Envelope, text: str) -> None:
        try:
            is_new = self._store.accept(envelope.id, text, self._boot, self._clock())
        except OSError as error:
            raise Refused(f"this machine could not write the command down: {error}", envelope.id) from error
        if not is_new:
            self._answer_known(envelope.id)
            return
        self._taken += 1
        command = self._carrying.add(envelope.id, envelope)
        command.sending.begin()
        self._carrying.fetch(command)
        self._carrying.tell_soon(command)

    def _cancel(self, of: str) -> tuple[str, str]:
        """What to answer. A command that has not come yet is noted as cancelled, so that it never begins."""
        command, row = self._carrying.get(of), None
        if command is None:
            row = self._store.known(of)
        state = command.state if command else row.state if row else ""
        if (command and command.phase == ENDED) or row:
            return ("succeeded", "") if state == "cancelled" else ("failed", f"it had ended before: {state}")
        try:
            if command and command.phase == STARTED:
                command.cancel()
                return "succeeded", ""
            if command is None:
                self._store.accept(of, "", self._boot, self._clock())
                command = self._carrying.add(of, None)
                command.sending.begin()
        except OSError as error:
            return "failed", f"this machine could not write it down: {error}"
        reason = "cancelled before it was begun"
        self._carrying.end(command, results.unbegun(of, "cancelled", self._link.time(), reason), durable=True)
        return "succeeded", ""

    def _settled(self, message: dict[str, Any], _: bytes) -> None:
        command = self._carrying.get(message.get("id"))
        if command is None or command.phase != ENDED:
            return
        try:
            self._store.settled(command.id, command.state, json.dumps(command.sending.end))
        except OSError:
            return  # it is listed again at the next welcome
        self._carrying.remove(command)

    def _have(self, message: dict[str, Any], _: bytes) -> None:
        command, offset = self._carrying.get(message.get("id")), message.get("offset")
        if type(offset) is not int or offset < 0:
            raise Malformed("have without an offset")
        if command:
            command.sending.heard(offset)
            self._carrying.wake()

    def _have_file(self, message: dict[str, Any], _: bytes) -> None:
        command, offset = self._carrying.get(message.get("id")), message.get("offset")
        if type(offset) is not int or offset < 0:
            raise Malformed("have_file without an offset")
        if command:
            command.sending.heard_file(message.get("name"), offset)
            self._carrying.wake()

    def _blob(self, message: dict[str, Any], payload: bytes) -> None:
        sha256, problem = message.get("sha256"), ""
        try:
            self._carrying.take_blob(message, payload)
        except (OSError, ValueError) as error:
            problem = f"what it needs could not be fetched: {error}"
        for command in self._carrying.in_phase(FETCHING):
            if sha256 in command.needs:
                self._carrying.unbegun(command, problem) if problem else self._carrying.fetch(command)

    def _welcomed(self) -> None:
        listed = [{"id": command.id, "state": command.state} for command in self._carrying]
        self._link.send({"t": "commands", "commands": listed})
        self._carrying.welcomed()
        if self._clock() > self._forgot_at + FORGET_EVERY:
            self._forgot_at = self._clock()
            self._store.forget_before(self._clock() - allowing.FURTHEST - allowing.KEPT_AFTER)

    def _closed(self) -> None:
        for command in self._carrying:
            command.sending.stop()

    def _answer_known(self, command_id: str, in_memory: bool = False) -> bool:
        """Whether it is known, and then answered with what is known."""
        command = self._carrying.get(command_id)
        if command:
            self._carrying.tell(command) if command.phase != ENDED else command.sending.tell_again()
            self._carrying.send_some(command)
            return True
        row = self._store.known(command_id) if command_id and not in_memory else None
        if row:
            known = json.loads(row.result) if row.result else results.unbegun(row.id, row.state, row.at, "")
            self._link.send(results.without_paths({"files": [], **known}))
        return row is not None

    def _key(self) -> Verifier:
        if self._verifier is None or self._verifier.public != self._link.command_key:
            self._verifier = Verifier(self._link.command_key)
        return self._verifier
