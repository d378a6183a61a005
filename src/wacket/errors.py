"""What can go wrong, named by who must act. Every error carries its facts as fields and says what to do.

Bad data is never an exception here: it is a `Reject` (records.py). These are for callers, settings and the world.
"""


class WacketError(Exception):
    """Base of every error that Wacket raises on purpose; its text is fit to be shown to a user."""


class BadSettings(WacketError):
    """The hub cannot start as it was told to, or cannot have what it needs of this machine, such as an address."""


class BadRequest(WacketError):
    """The caller asked for something malformed. `field` names the guilty part where there is one."""

    def __init__(self, reason: str, field: str | None = None) -> None:
        self.reason, self.field = reason, field
        super().__init__(reason)


class KeyReused(BadRequest):
    """An Idempotency-Key came again with something else. Taking it for a repeat would lose what it came with."""


class NotFound(WacketError):
    """There is no such thing; the text says what was looked for."""


class Forbidden(WacketError):
    """The caller is known but may not do this."""


class Unauthenticated(WacketError):
    """The caller did not prove who they are."""


class Unavailable(WacketError):
    """The hub cannot take this now and nothing of it was kept: try again after `retry_after` seconds."""

    def __init__(self, reason: str, retry_after: float = 1.0) -> None:
        self.reason, self.retry_after = reason, retry_after
        super().__init__(reason)


class Undecodable(WacketError):
    """One frame could not be understood. Formats catch it and turn it into a `Reject`."""


class StoreDamaged(WacketError):
    """A file of the store does not hold what was written to it. `path` names it, `lost` says what it covered."""

    def __init__(self, path: str, lost: str) -> None:
        self.path, self.lost = path, lost
        super().__init__(f"{path} is damaged; lost: {lost}")
