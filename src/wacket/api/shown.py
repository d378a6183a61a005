"""What a request shows of its sender, read in one way for all routes. Decides nothing about it."""

from __future__ import annotations

from wacket.errors import BadRequest
from wacket.intake.known import SAME

LONGEST_KEY = 200


def token_in(authorization: str) -> str | None:
    """The token of an Authorization header, `Bearer` or `Token`, or None if it shows none.

    Not Basic: browsers send that by themselves, for pages of other sites too.
    """
    scheme, _, secret = authorization.partition(" ")
    if scheme.lower() not in ("bearer", "token"):
        return None
    return secret.strip().rpartition(":")[2] or None  # Influx clients of version 1 send user:token to version 2


def checked_key(key: str | None) -> str | None:
    """The Idempotency-Key. Raises BadRequest."""
    if key is not None and not 0 < len(key) <= LONGEST_KEY:
        raise BadRequest(f"Idempotency-Key has 1 to {LONGEST_KEY} characters", "Idempotency-Key")
    if key is not None and key.startswith(SAME):
        raise BadRequest(f"Idempotency-Key does not begin with {SAME!r}", "Idempotency-Key")
    return key
