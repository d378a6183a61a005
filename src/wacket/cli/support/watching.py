"""Watches the people of a class until all have answered: one line that changes, and keys for who sits before it."""

from __future__ import annotations

import shlex
import shutil
import time
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Any

import click

from wacket.cli.support import classroom
from wacket.cli.support.classroom import User, line, word
from wacket.cli.support.keyboard import can_listen, listening
from wacket.cli.support.session import Session
from wacket.cli.support.text import fitted, folded, plain, width
from wacket.errors import WacketError

PAUSE = 0.5  # seconds between two looks
KEYS = "(q quit, r reset stuck, e export)"
UNDER_WAY = ("requested", "collected")
QUIT = "q"


class Watch:
    """`look` fetches how everybody stands, `asked` are those who are waited for. `judged`: a check program is still to
    say what it thinks of each answer. `keys` say what they did.
    """

    def __init__(
        self,
        session: Session,
        look: Callable[[], list[User]],
        asked: Collection[str],
        judged: bool,
        keys: Mapping[str, Callable[[], str]],
    ) -> None:
        self._out, self._look, self._asked = session.out, look, asked
        self._waited_for = (*UNDER_WAY, "returned", "error") if judged else UNDER_WAY
        self._keys = keys if self._out.animated and can_listen() else {}
        self._shown, self._hinted = "", False

    def run(self) -> list[User]:
        """How those who were asked stand at the end. Who can press keys is left time to help those who are stuck."""
        waited_for = (*self._waited_for, *(["stuck"] if self._keys else []))
        with listening(bool(self._keys)) as pressed:
            key = ""
            while True:
                everybody = self._look()
                theirs = [user for user in everybody if user["user"] in self._asked]
                over = key == QUIT or not any(word(user) in waited_for for user in theirs)
                self._show(line(everybody), over)
                if over:
                    return theirs
                key = pressed(PAUSE)
                if key in self._keys:
                    self._tell(self._keys[key])

    def under_way(self, user: User) -> bool:
        """Whether somebody stopped watching too early for this one."""
        return word(user) in self._waited_for

    def _tell(self, act: Callable[[], str]) -> None:
        try:
            said, mark = act(), "✓"
        except (WacketError, OSError) as error:
            said, mark = plain(error), "✗"
        self._draw("")
        self._out.note(said, mark)
        self._shown = ""

    def _show(self, text: str, over: bool) -> None:
        """The keys behind it where there is room, else once above it."""
        if not self._out.animated:
            return self._out.note(text) if over else None
        if text == self._shown and not over:
            return None
        room = shutil.get_terminal_size().columns - 1
        hint = f"        {KEYS}" if self._keys and not over else ""
        if width(text + hint) > room:
            if not self._hinted:
                self._hinted = True
                self._draw(hint.strip(), nl=True)
            hint = ""
        self._draw(text + hint, nl=over)
        self._shown = text
        return None

    def _draw(self, text: str, nl: bool = False) -> None:
        """Over what stood there; with spaces, because an escape goes where colour is not wanted."""
        room = shutil.get_terminal_size().columns - 1
        shown = fitted(text, room)
        click.echo(f"\r{shown}{' ' * (room - width(shown))}\r{shown}", err=True, nl=nl)


def watch(session: Session, who: str, made: Mapping[str, Any], whole: bool, judged: bool) -> None:
    """Watch those who were asked in the round `made`, of a `whole` class or one person. Raises Exit where not all
    answered well.
    """
    path, query = (classroom.path(who), {}) if whole else (classroom.CLASS, {"user": who})
    helped: set[str] = set()
    keys = _keys(session, who, helped) if whole else {}
    what = "members" if whole else "users"
    watching = Watch(session, lambda: session.hub.get(path, query)[what], made["users"], judged, keys)
    users = watching.run()
    bad = [one for one in users if one["user"] in helped or classroom.failed(one) or watching.under_way(one)]
    bad += [one for one in users if one["stuck"] and one not in bad]
    if session.as_json:
        session.out.json({**made, "members": users})
    elif bad:
        _advise(session, plain(shlex.quote(who)), whole, users)
    if bad or made["left_out"]:
        raise click.exceptions.Exit(3 if len(bad) < len(users) else 1)


def _advise(session: Session, name: str, whole: bool, users: list[User]) -> None:
    """What to do now."""
    if stuck := [user["user"] for user in users if user["stuck"]]:
        session.out.note(f"stuck: {plain(', '.join(stuck))}; help: wacket class reset {name}{' --stuck' * whole}", "!")
    session.out.note(f"see: wacket class {'answers' if whole else 'history'} {name}")


def _keys(session: Session, name: str, helped: set[str]) -> dict[str, Callable[[], str]]:
    """What may be pressed while a class is watched; `helped` gets those who were reset."""

    def reset() -> str:
        users = session.hub.post(f"{classroom.path(name)}/reset", {"stuck": True})["users"]
        helped.update(users)
        return f"{plain(', '.join(users))} at rest" if users else "nobody is stuck"

    def export() -> str:
        path = Path(f"{name} {time.strftime('%Y-%m-%d %H%M%S')}.csv")
        return f"{folded(classroom.export(session.hub, name, path, 'x'), 'answer')} in {plain(path)}"

    return {"r": reset, "e": export}
