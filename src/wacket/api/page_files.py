"""The files of the built page, in a table made once: what stands in it is all that can be asked for.

A file may lie there compressed as well (`x.js.gz`, `x.js.br`). Knows folders and files, and no request.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

ASSETS = "/assets/"  # the build puts a hash of the content into these files' names
ENCODINGS = {"br": ".br", "gzip": ".gz"}  # the best first
# Not what the system's tables say: a browser runs no script that has another type.
MEDIA = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".wasm": "application/wasm",
    ".webmanifest": "application/manifest+json",
    ".woff2": "font/woff2",
}


@dataclass(frozen=True, slots=True)
class File:
    """`forms` are the files by content encoding, "" as it is. `tag` is empty where the name tells the content."""

    media: str
    forms: Mapping[str, Path]
    tag: str


def table(folder: Path) -> dict[str, File]:
    """Every file of the page by its path in an address; empty where the page was not built."""
    return dict(_found(folder))


def _found(folder: Path) -> Iterator[tuple[str, File]]:
    compressed = tuple(ENCODINGS.values())
    for path in sorted(folder.rglob("*")):
        name = f"/{path.relative_to(folder).as_posix()}"
        if not path.is_file() or path.name.startswith(".") or name.endswith(compressed):
            continue
        beside = {encoding: path.with_name(path.name + suffix) for encoding, suffix in ENCODINGS.items()}
        forms = {"": path} | {encoding: file for encoding, file in beside.items() if file.is_file()}
        tag = "" if name.startswith(ASSETS) else hashlib.sha256(path.read_bytes()).hexdigest()[:16]
        yield name, File(MEDIA.get(path.suffix, "application/octet-stream"), forms, tag)


def best_encoding(file: File, accepted: str) -> str:
    """The content encoding to answer with, by what an Accept-Encoding header allows."""
    allowed = {encoding for part in accepted.split(",") if (encoding := _allowed(part))}
    return next((encoding for encoding in ENCODINGS if encoding in file.forms and encoding in allowed), "")


def _allowed(part: str) -> str:
    """The encoding that a part of the header allows; "" if it forbids one."""
    encoding, _, weight = part.partition(";")
    refused = weight.replace(" ", "").lower().rstrip("0") in {"q=", "q=0."}
    return "" if refused else encoding.strip().lower()
