"""`agent.conf`: which hub, and what the owner of this machine allows it. Read again whenever the file changes.

An INI file for people to edit; `cli/conf_text.py` writes it and keeps what they wrote. The hub sees the allowances and
cannot change them. While the file makes no sense, nothing but reporting is allowed: a typing mistake in a line that
takes something away must not leave it allowed.
"""

from __future__ import annotations

import configparser
import re
from pathlib import Path
from typing import Mapping, NamedTuple

from wacket_agent.places import default_folder, default_state

FILE = "agent.conf"
SECTIONS = ("hub", "allow", "collect", "logs", "keep", "commands")  # and [collect.NAME]
DEFAULT_PORTS = {"http": 80, "https": 443}
_WORDS = {
    **dict.fromkeys(("yes", "true", "on", "1"), True),
    **dict.fromkeys(("no", "false", "off", "0"), False),
}
_ADDRESS = re.compile(r"(https?)://(\[[0-9a-fA-F:.%\w]+\]|[A-Za-z0-9_.-]+)(?::(\d{1,5}))?/?")
_PIN = re.compile("[0-9a-f]{64}")


class BadConfig(ValueError):
    """What is wrong, where, and what to write instead."""


class Allows(NamedTuple):
    """What the owner of this machine lets the hub have. A new agent tells, and does nothing."""

    metrics: bool = True
    logs: bool = True
    run: bool = False
    root: bool = False
    shell: bool = False
    files: bool = False


class Address(NamedTuple):
    """Where the hub is. `host` has no brackets."""

    tls: bool
    host: str
    port: int

    @property
    def name(self) -> str:
        """As it stands in a Host field."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


class Contents(NamedTuple):
    hub: str
    pin: str
    allows: Allows
    options: Mapping[str, Mapping[str, str]]


class Config:
    """The settings as they are now. `trouble` says why they cannot be read, "" if they can."""

    def __init__(self, folder: Path, state: Path, contents: Contents) -> None:
        self.folder, self.path = folder, folder / FILE
        self.state = str(state)
        self.trouble = ""
        self._contents = contents
        self._seen = _stamp(self.path)

    @classmethod
    def load(cls, folder: str | Path | None = None, state: str | Path | None = None) -> Config:
        """Raises BadConfig, also if there is no file."""
        place = Path(folder or default_folder())
        return cls(place, Path(state or default_state()), read(place / FILE))

    @property
    def hub(self) -> str:
        return self._now().hub

    @property
    def pin(self) -> str:
        return self._now().pin

    @property
    def allows(self) -> Allows:
        return self._now().allows

    @property
    def options(self) -> Mapping[str, Mapping[str, str]]:
        return self._now().options

    def _now(self) -> Contents:
        stamp = _stamp(self.path)
        if stamp == self._seen:
            return self._contents
        self._seen = stamp
        try:
            self._contents, self.trouble = read(self.path), ""
        except BadConfig as error:
            before = self._contents.allows
            self._contents = self._contents._replace(allows=Allows(before.metrics, before.logs))
            self.trouble = f"{error}. Until then nothing but reporting is allowed"
        return self._contents


def read(path: Path) -> Contents:
    try:
        text = path.read_text("utf-8", "replace")
    except FileNotFoundError:
        raise BadConfig(f"{path} is not there: this machine has not joined a hub yet. Run `join` first") from None
    except OSError as error:
        raise BadConfig(f"{path} cannot be read: {error.strerror}") from None
    return parse(text, str(path))


def parse(text: str, path: str) -> Contents:
    """`path` is for the messages only."""
    parser = configparser.ConfigParser(interpolation=None, inline_comment_prefixes=("#",))
    try:
        parser.read_string(text)
    except configparser.Error as error:
        raise BadConfig(f"{path}: {_first_words(error)}") from None
    unknown = [name for name in parser.sections() if name not in SECTIONS and not name.startswith("collect.")]
    if unknown:
        raise BadConfig(f"{path}: there is no section [{unknown[0]}]; there are [{'], ['.join(SECTIONS)}]")
    options = {name: dict(parser[name]) for name in parser.sections()}
    hub, pin = options.get("hub", {}).get("address", ""), options.get("hub", {}).get("pin", "")
    try:
        parse_address(hub)
    except ValueError as error:
        raise BadConfig(f"{path}, [hub], address: {error}") from None
    if not _PIN.fullmatch(pin):
        raise BadConfig(
            f"{path}, [hub], pin: {pin[:80]!r} is not a fingerprint of 64 hexadecimal digits; run `join` again"
        )
    return Contents(hub, pin, _allows(options.get("allow", {}), path), options)


def parse_address(text: str) -> Address:
    """Raises ValueError that says what an address looks like."""
    found = _ADDRESS.fullmatch(text.strip())
    scheme, host, port = found.groups() if found else ("", "", None)
    number = int(port or DEFAULT_PORTS.get(scheme, 0))
    if not found or not 0 < number < 65_536:
        raise ValueError(f"{text[:80]!r} is no address of a hub; write something like https://192.168.1.5:8443")
    return Address(scheme == "https", host.strip("[]"), number)


def _allows(section: Mapping[str, str], path: str) -> Allows:
    values = {}
    for name, word in section.items():
        if name not in Allows._fields:
            raise BadConfig(f"{path}, [allow]: there is no {name!r}; there are {', '.join(Allows._fields)}")
        if word.lower() not in _WORDS:
            raise BadConfig(f"{path}, [allow], {name}: {word[:80]!r} is neither yes nor no; write one of these")
        values[name] = _WORDS[word.lower()]
    return Allows(**values)


def _first_words(error: configparser.Error) -> str:
    return " ".join(str(error).replace("'<string>'", "the file").split())[:200]


def _stamp(path: Path) -> tuple[int, ...]:
    """Changes when the file does."""
    try:
        about = path.stat()
    except OSError:
        return ()
    return about.st_mtime_ns, about.st_size, about.st_ino
