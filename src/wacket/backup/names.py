"""What of a data folder is the hub's data, and what it only works with, which no backup has and no restore moves."""

from __future__ import annotations

from wacket.folder import ADDRESSES

MARKER = "restore.json"  # a restore waits for the next start, or was begun
STAGED = "restore-"  # what is to be there then
ASIDE = "before-restore-"  # what was there before
SCRATCH = ".backup-"  # what a backup that is being made needs

FORMAT = 1  # of the archive
ARCHIVE = "backup"  # folder within an archive, of what it says of itself
ABOUT = f"{ARCHIVE}/about.json"
SUMS = f"{ARCHIVE}/sums-"
END = f"{ARCHIVE}/end.json"

LEDGER, JOURNAL = "ledger.db", "history/journal.db"
_HUBS = frozenset({"lock", ADDRESSES, MARKER, "lost+found", ARCHIVE})
_COPIED = (LEDGER, JOURNAL)  # these and what SQLite and the journal keep beside them
_BESIDE = ("", "-wal", "-shm", "-journal", "-wal.length", ".head")
_MADE_ANEW = frozenset({f"{name}{tail}" for name in _COPIED for tail in _BESIDE} | {"history/reserve"})
_UNFINISHED = (".tmp", ".draft", ".new", ".partial")


def is_own(top: str) -> bool:
    """Whether the entry of a data folder is the hub's data, rather than what it works with or somebody's mount."""
    return top not in _HUBS and not top.startswith((STAGED, ASIDE, SCRATCH)) and not top.endswith(_UNFINISHED)


def is_left(name: str) -> bool:
    """Whether a file goes into a backup as it lies there. `name` is relative to the folder, with slashes."""
    top, *below = name.split("/")
    if not is_own(top) or name in _MADE_ANEW or name.endswith(_UNFINISHED):
        return False
    return not (top == "history" and below[:1] in (["tmp"], ["journal.scratch.db"], ["journal.building.db"]))


def is_wanted(name: str) -> bool:
    """Whether a file of an archive may come into a data folder."""
    return name in _COPIED or is_left(name)
