"""Join tokens: with one of them a machine becomes a node. Made by an admin, for few uses and not for long.

A secret is in the text that `create` returns and nowhere else. Whether a machine that shows one is let in at once is
decided in enrolment.py.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Mapping

from sqlalchemy import Connection

from wacket.errors import BadRequest
from wacket.fleet.handshake import SECRET_BYTES, JoinToken
from wacket.ledger import joins
from wacket.ledger.joins import JoinRow
from wacket.ledger.store import Ledger

HOUR = 3_600_000_000  # µs
MOST_HOURS = 24 * 366
MOST_USES = 10_000
Also = Callable[[Connection, JoinRow], None]  # done in the transaction of the change itself: the audit row


class JoinTokens:
    """`fingerprint` is the hub key's: it rides in every token, so that no other hub can be taken for this one."""

    def __init__(
        self,
        ledger: Ledger,
        fingerprint: bytes,
        clock: Callable[[], int],
        random: Callable[[int], bytes] = secrets.token_bytes,
    ) -> None:
        self._ledger, self._fingerprint, self._clock, self._random = ledger, fingerprint, clock, random

    async def create(
        self,
        tags: Mapping[str, str],
        *,
        accept: bool = False,
        uses: int = 1,
        hours: float = 1,
        created_by: str = "",
        also: Also | None = None,
    ) -> tuple[JoinRow, str]:
        """A new token and its text, which is shown this once. Raises BadRequest naming the field."""
        if not 1 <= uses <= MOST_USES:
            raise BadRequest(f"a join token is for 1 to {MOST_USES:,} machines", "uses")
        if not 0 < hours <= MOST_HOURS:
            raise BadRequest(f"a join token holds for up to {MOST_HOURS:,} hours", "hours")
        now, secret = self._clock(), self._random(SECRET_BYTES)
        more = {"accept": accept, "uses": uses, "created": now, "expires": now + int(hours * HOUR)}

        def work(connection: Connection) -> JoinRow:
            digest = hashlib.sha256(secret).hexdigest()
            row = joins.create(connection, digest, tags, used=0, created_by=created_by, **more)
            if also is not None:
                also(connection, row)
            return row

        row = await self._ledger.write(work)
        return row, str(JoinToken(row.id, secret, self._fingerprint))

    async def revoke(self, number: int, also: Also | None = None) -> JoinRow:
        """From now on nobody joins with it. Raises NotFound if there is none that still holds."""
        now = self._clock()

        def work(connection: Connection) -> JoinRow:
            row = joins.revoke(connection, number, now)
            if also is not None:
                also(connection, row)
            return row

        return await self._ledger.write(work)

    def list(self) -> list[JoinRow]:
        """All that ever were, newest first."""
        return self._ledger.read(joins.all_joins)
