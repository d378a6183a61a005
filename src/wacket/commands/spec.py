"""What a job asks of each of its nodes: checked once, then kept with the job, and what its envelopes are made of.

Pure. Programs, standard input and files are named by their SHA-256; kept/blobs.py has what is in them. Which nodes are
meant is not part of it.
"""

from __future__ import annotations

import re
from typing import Any, Literal

import msgspec

from wacket.errors import BadRequest

MOST_ITEMS = 1024  # of args, env, files and bring
MOST_SECONDS = 604_800
MOST_WAIT = 366 * 86_400  # seconds until a command expires
LONGEST_PATH = 1024
LONGEST_ACCOUNT = 64
KEEP = 64 * 1024 * 1024  # bytes of output that a node keeps at most while the hub does not take them

_HASH = re.compile("[0-9a-f]{64}")
_CONTROL = re.compile("[\x00-\x1f\x7f]")

Kind = Literal["exec", "python", "ping"]


class File(msgspec.Struct, frozen=True):
    """A file that is put into the working folder first."""

    name: str
    sha256: str
    size: int
    mode: int = 0o644


class Spec(msgspec.Struct, frozen=True, omit_defaults=True):
    """The members are those of the envelope, docs/reference/agent-protocol.md; `expires` is in seconds.

    `token` is the id of the API token that asked, 0 if none did: its name alone does not tell it from others. `names`
    are what `-` in the target stands for, and `key` is the Idempotency-Key that came with it.
    """

    kind: Kind = "exec"
    argv: tuple[str, ...] = ()
    program: str = ""
    args: tuple[str, ...] = ()
    env: dict[str, str] = {}
    cwd: str = ""
    stdin: str = ""
    user: str = ""
    timeout: int = 600
    expires: int = 3600
    files: tuple[File, ...] = ()
    bring: tuple[str, ...] = ()
    keep: int = KEEP
    token: int = 0
    names: tuple[str, ...] = ()
    key: str = ""

    def blobs(self) -> set[str]:
        """The SHA-256 of all that a node may ask for to carry this out."""
        return {self.program, self.stdin, *(file.sha256 for file in self.files)} - {""}

    def text(self) -> str:
        return msgspec.json.encode(self).decode()


def read(text: str) -> Spec:
    """What `Spec.text` wrote."""
    return msgspec.json.decode(text, type=Spec)


def checked(spec: Spec) -> Spec:
    """The same, if a node can make sense of it. Raises BadRequest, naming the member."""
    needed = {"exec": ("argv", spec.argv), "python": ("program", spec.program)}.get(spec.kind)
    if needed and not needed[1]:
        raise BadRequest(f"{spec.kind} needs {needed[0]}", needed[0])
    if spec.kind == "exec" and not spec.argv[0]:
        raise BadRequest("the first of argv is the program to run, and it is empty", "argv")
    if not 1 <= spec.timeout <= MOST_SECONDS:
        raise BadRequest(f"timeout is 1 to {MOST_SECONDS} seconds", "timeout")
    if not 1 <= spec.expires <= MOST_WAIT:
        raise BadRequest(f"expires is 1 to {MOST_WAIT} seconds", "expires")
    for name in ("argv", "args", "env", "files", "bring"):
        if len(getattr(spec, name)) > MOST_ITEMS:
            raise BadRequest(f"{name} has more than {MOST_ITEMS} items", name)
    _check_texts(spec)
    _check_files(spec)
    return spec


def is_below(path: str) -> bool:
    """Whether a path stays below the folder that it is relative to, on every system."""
    strange = not 0 < len(path) <= LONGEST_PATH or path[1:2] == ":" or "\\" in path or _CONTROL.search(path)
    return not strange and not any(part in ("", ".", "..") for part in path.split("/"))


def is_hash(text: Any) -> bool:
    """Whether this is a SHA-256 as messages write it."""
    return isinstance(text, str) and _HASH.fullmatch(text) is not None


def _check_texts(spec: Spec) -> None:
    texts = {"argv": spec.argv, "args": spec.args, "env": (*spec.env, *spec.env.values()), "cwd": (spec.cwd,)}
    for name, found in texts.items():
        if any("\0" in text or not _is_unicode(text) for text in found):
            raise BadRequest(f"{name} holds a NUL, or half a character", name)
    if any(not name or "=" in name for name in spec.env):
        raise BadRequest("a variable has a name, and no = in it", "env")
    if spec.user.startswith("-") or len(spec.user) > LONGEST_ACCOUNT or _CONTROL.search(spec.user):
        raise BadRequest(f"user is the name of an account, at most {LONGEST_ACCOUNT} characters", "user")


def _check_files(spec: Spec) -> None:
    paths = {"files": [file.name for file in spec.files], "bring": spec.bring}
    for name, found in paths.items():
        for path in found:
            if not is_below(path) or not _is_unicode(path):
                raise BadRequest(f"{path[:80]!r} is no path below the working folder; write a/b.csv", name)
    if len({file.name for file in spec.files}) < len(spec.files):
        raise BadRequest("two files have one name", "files")
    for file in spec.files:
        if not is_hash(file.sha256) or file.size < 0 or not 0 <= file.mode <= 0o777:
            raise BadRequest(f"{file.name[:80]!r} needs sha256 (64 hexadecimal digits), size and mode", "files")


def _is_unicode(text: str) -> bool:
    return text.isascii() or text.encode("utf-8", "replace").decode() == text
