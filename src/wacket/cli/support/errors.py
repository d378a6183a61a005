"""How a command ends when it cannot do what was asked. Each error says what happened and why, and what to do.

Exit codes: 0 ok, 1 failed, 2 bad usage, 3 some of it failed, 4 login or permission, 5 hub unreachable, 124
timeout, 130 interrupted.
"""

from __future__ import annotations

from wacket.errors import WacketError


class Failed(WacketError):
    """The command did not do it. `advice` is the next thing to try."""

    code = 1

    def __init__(self, what: str, advice: str = "") -> None:
        self.what, self.advice = what, advice
        super().__init__(what)


class Misused(Failed):
    """The command line does not make sense, in a way that only the command itself can see."""

    code = 2


class Partly(Failed):
    """Some of it was done and some was refused; the summary has been printed already."""

    code = 3


class Denied(Failed):
    """The hub does not know who is asking, or knows and does not allow it."""

    code = 4


class Unreachable(Failed):
    """There is no hub to ask, or it does not answer."""

    code = 5


class TimedOut(Failed):
    """The hub took longer to answer than the command was willing to wait."""

    code = 124
