"""Opens files to read them, and nothing that only looks like one: no pipe, device or folder, and no waiting.

Where anybody may write (`/tmp`, and whatever a container shows), no symbolic link is followed either: it could lead to
a file that the agent may read and its maker may not.
"""

from __future__ import annotations

import os
import stat

_FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NOCTTY", 0)
_NO_LINK = getattr(os, "O_NOFOLLOW", 0)
_FOLDER = _FLAGS | getattr(os, "O_DIRECTORY", 0)

# Whether files can be opened relative to a folder that is open already, which alone makes no link safe.
CAN_OPEN_IN_FOLDERS = os.open in os.supports_dir_fd and bool(_NO_LINK)


class NotAFile(OSError):
    """There is something of that name, and it is no regular file."""


def open_file(path: str) -> int:
    """A file that the owner of the machine named. Raises OSError."""
    return _checked(os.open(path, _FLAGS), path)


def open_folder(path: str) -> int:
    """A folder that is no symbolic link. Raises OSError."""
    return os.open(path, _FOLDER | _NO_LINK)


def open_in_folder(folder: int, name: str) -> int:
    """A file that anybody may have made, in a folder that is open. Raises OSError."""
    return _checked(os.open(name, _FLAGS | _NO_LINK, dir_fd=folder), name)


def _checked(descriptor: int, path: str) -> int:
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise NotAFile(f"{path} is no regular file")
    return descriptor
