"""The agent as one file, made from its source when it is first asked for; the line that fetches it; its modules.

The same source gives the same bytes, so that one checksum stands for one agent. It serves nothing:
api/agent_file.py does.
"""

from __future__ import annotations

import hashlib
import importlib
import io
import re
import sys
import zipfile
from functools import cache
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

NAME = "wacket-agent.pyz"
PACKAGE = "wacket_agent"
OLDEST_PYTHON = (3, 8)
_SHEBANG = b"#!/usr/bin/env python3\n"
_DATE = (1980, 1, 1, 0, 0, 0)  # the first that a zip file can say
_MODE = 0o100644 << 16

# Also an older Python must be able to read this, and say what is the matter.
_MAIN = f"""import sys

if sys.version_info < {OLDEST_PYTHON}:
    sys.exit("the Wacket agent needs Python 3.8 or newer; this is Python %d.%d" % sys.version_info[:2])

import runpy

runpy.run_module("{PACKAGE}", run_name="__main__", alter_sys=True)
"""

_HUB = re.compile(r"https?://([A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:.]+\])(:[0-9]{1,5})?", re.ASCII)
_TOKEN = re.compile(r"wjt_[A-Za-z0-9_-]{16,200}", re.ASCII)
_SHA256 = re.compile(r"[0-9a-f]{64}", re.ASCII)


@cache
def build() -> bytes:
    """The agent that belongs to this hub. Raises FileNotFoundError if its source is not there."""
    return pack(source())


@cache
def sha256() -> str:
    return hashlib.sha256(build()).hexdigest()


def source() -> Path:
    """The folder of the agent's package: inside an installed hub, or beside the hub's in a working copy."""
    here = Path(__file__).resolve().parent
    for folder in (here / "_agent" / PACKAGE, here.parents[1] / "agent" / PACKAGE):
        if (folder / "__init__.py").is_file():
            return folder
    raise FileNotFoundError(f"the agent's source is neither in {here / '_agent'} nor in {here.parents[1] / 'agent'}")


def module(name: str) -> Any:
    """A module of the agent's package, for what the hub does itself as an agent would. Raises FileNotFoundError."""
    if PACKAGE not in sys.modules:
        place = source()
        spec = spec_from_file_location(PACKAGE, place / "__init__.py", submodule_search_locations=[str(place)])
        if spec is None or spec.loader is None:
            raise FileNotFoundError(f"{place} is no Python package")
        package = sys.modules[PACKAGE] = module_from_spec(spec)
        spec.loader.exec_module(package)
    return importlib.import_module(f"{PACKAGE}.{name}")


def pack(package: Path) -> bytes:
    """A Python program in one file, from the modules of a package."""
    made = io.BytesIO(_SHEBANG)
    made.seek(0, io.SEEK_END)
    with zipfile.ZipFile(made, "a", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        _add(archive, "__main__.py", _MAIN.encode())
        for name in sorted(path.relative_to(package).as_posix() for path in package.rglob("*.py")):
            _add(archive, f"{PACKAGE}/{name}", (package / name).read_bytes())
    return made.getvalue()


def paste_line(hub_url: str, token: str, checksum: str) -> str:
    """What a person pastes into a shell of the machine that is to join. Raises ValueError.

    Nothing that could mean something to a shell gets into the line. The token goes through a pipe, because everybody on
    a machine can read the arguments of its programs. The file is run only if it is the one with this checksum, so that
    it does not matter over what it came: hence -k, for the hub's own certificate is known to nobody yet. Alpine has
    wget and no curl, macOS has shasum and no sha256sum.
    """
    for name, pattern, value in (("address", _HUB, hub_url), ("token", _TOKEN, token), ("checksum", _SHA256, checksum)):
        if not pattern.fullmatch(value):
            raise ValueError(f"{value[:80]!r} cannot be the {name} in a line for a shell")
    fetch = "$(command -v curl >/dev/null && echo curl -fsSko || echo wget -q --no-check-certificate -O)"
    check = "$(command -v sha256sum || echo shasum -a 256) -c"
    return (
        f"""(f=$(mktemp) && trap 'rm -f "$f"' EXIT && {fetch} "$f" {hub_url}/agent/{NAME}"""
        f""" && echo "{checksum}  $f" | {check} >/dev/null && echo {token} | python3 "$f" join {hub_url})"""
    )


def _add(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    entry = zipfile.ZipInfo(name, _DATE)
    entry.compress_type, entry.external_attr, entry.create_system = zipfile.ZIP_DEFLATED, _MODE, 3
    archive.writestr(entry, content)
