"""Writes the reference pages that are made from the code: settings, HTTP API, command line.

Run by `make docs`; the tests compare the pages with what this makes.
"""

from __future__ import annotations

import ast
import inspect
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from wacket import api, settings
from wacket.api.settings import meanings
from wacket.cli import reference as command_line

FOLDER = Path(__file__).parents[1] / "docs" / "reference"
LINE = 110  # an example that fits is shown on one line
METHODS = ("get", "post", "put", "patch", "delete")
TYPES = {
    "Positive": "whole number, 1 or more",
    "NotNegative": "number, 0 or more",
    "str": "text",
    "bool": "true or false",
}

SETTINGS_HEAD = """# Settings

This page is made from `src/wacket/settings.py` by `make docs`.

A hub reads `wacket.toml` in its data folder, the environment and its command line; the command line wins over the
environment, the environment over the file. What `--lan` opens counts where none of them says otherwise. In the
environment a setting is called `WACKET_SECTION_NAME`, for example `WACKET_DOORS_HTTP`. An unknown name or a value that
does not fit stops the start before anything is opened.

```toml
[doors]
http = "127.0.0.1:8080"

[history]
logs_days = 90
```
"""

API_HEAD = """# HTTP API

This page is made from the hub's OpenAPI document by `make docs`; a running hub serves that document at
`/api/v1/openapi.json`. It is answered at `doors.http` and, with the hub's own certificate, at `doors.https`
([settings](settings.md)). Paths take and give JSON unless they say otherwise. Times in questions are ISO-8601, seconds
since 1970, or an age such as `24h` or `7d`; times in answers are ISO-8601 with `Z`, except the points of a chart, which
are `[microseconds since 1970 UTC, value]`.

An error is `{"error": "what happened and what to do", "field": "the guilty part, where there is one"}` with status 400
(malformed), 401 (who are you?), 403 (known, but not allowed), 404 (no such thing), 408 (the body stopped coming), 413
(too large: bodies other than data have at most 1 MiB), 421 (the hub is not called that), 422 (an Idempotency-Key again,
with another body), 429 (too often) or 503 (the hub cannot take it now: nothing was kept, try again after `Retry-After`
seconds).

Who may ask: the owner on the hub's own machine (`Authorization: Bearer` with the text of `owner.key` in the data
folder), a token (`Authorization: Bearer wkt_…`), or a person's session cookie. Sending data from the hub's own machine
needs no token; `?node=NAME` or the header `X-Wacket-Node` names the node that speaks.

Every other address that a browser opens is a place in the hub's page, which lies in files that need no login. Where the
hub was installed without it, the answer is 503 with a sentence.

## WebSocket `/api/v1/live`

What arrives and what changes, as it does. The client says what it wants, within 30 seconds, and may say it anew at any
time: the newest word counts, and what was wanted before goes on without a hole or a double. All of it may be left out:

```json
{
  "readings": ["rig-3/*", "temperature"],
  "series": [7, 8],
  "logs": {"nodes": ["rig-3"], "target": "tag:room=lab", "severity": "warn", "find": "valve", "after": 7340033},
  "fleet": true,
  "changes": true
}
```

`readings` are globs over NODE/NAME, or over NAME where they have no slash; `series` are numbers, beside those. `logs`
must fit all of the conditions; `node` names a single one, `target` means nodes as `GET /api/v1/logs` has it, and goes
with their tags. Each word is answered:

```json
{"cursor": 7340034, "now": 1795262400000000, "beat": 2.0}
```

What was on disk before this answer is in everything that is asked over HTTP from then on, and all that comes later is
told: so say what you want, wait for the answer, ask for a snapshot, and apply what was told. `cursor` is the id that
the next log line or batch will have at least; `now` is the hub's clock in µs. Only what is on disk is told.

```json
{"readings": [{"id": 7, "node": "rig-3", "name": "temperature", "at": 1795262400000000, "value": 21.4}]}
```

```json
{"logs": [{"id": 17, "at": "2026-11-21T12:00:00Z", "node": "rig-3", "severity": 13, "body": "valve 3 stuck"}]}
```

```json
{"changed": {"nodes": ["rig-3"], "jobs": [212], "classes": ["ada"], "audit": true}}
```

| the hub sends | at most each | |
|---|---|---|
| `readings` | 0.05 s | the first of them at once; up to 2,000 |
| `logs` | 0.05 s | lines as in `GET /api/v1/logs`, up to 500; see `cut` below |
| `lost` | 0.05 s | so many rows were left out, because the client was too slow or they were too many |
| `gone`, `fleet` | 1 s | names that no node has any more; rows of `GET /api/v1/fleet` that are others now |
| `changed` | 0.3 s | which answers to ask again: names or numbers, or true; `all` stands for everything |
| `beat` | 2 s | the hub's clock (µs), where nothing else was sent for so long |
| `error` | | the last word was not understood, and nothing has changed |

Of a line whose body or attributes have more than 16,384 characters only the beginning is sent; `cut` is then the length
of the whole body.

**To go on after a break**, give the id of the last line that you have as `after` (or `cursor` - 1 of the answer, if
you have none): what fits and came later is told first; of more than 500 lines the newest, the others are counted in
`lost`. Readings go on from a snapshot and the time of each reading. On the same connection `after` counts only where
the conditions for logs are others than before.

Needs the right `read`. A person who has only the right to what is their own may ask for `{"changes": true}`, and is
told `{"changed": {"classes": ["ada"]}}` with their own name. A token that is revoked, or a session that ends, ends the
connection within 5 seconds.
"""


def settings_page() -> str:
    """docs/reference/settings.md as Markdown."""
    classes = {n.name: n for n in ast.parse(inspect.getsource(settings)).body if isinstance(n, ast.ClassDef)}
    parts = [SETTINGS_HEAD]
    for section in msgspec.structs.fields(settings.Settings):
        node = classes[section.type.__name__]
        parts += [f"## `[{section.name}]`", "", ast.get_docstring(node) or "", ""]
        parts += ["| setting | default | value | meaning |", "|---|---|---|---|"]
        parts += [_row(section.name, entry) for entry in node.body if isinstance(entry, ast.AnnAssign)]
        parts += [""]
    return "\n".join(parts)


def _row(section: str, entry: ast.AnnAssign) -> str:
    name, kind = ast.unparse(entry.target), ast.unparse(entry.annotation)
    default = ast.literal_eval(entry.value) if isinstance(entry.value, ast.Constant) else _number(entry.value)
    meaning = meanings()[f"{section}.{name}"]
    shown = json.dumps(default)
    return f"| `{name}` | `{shown}` | {_type(kind)} | {meaning} |"


def _number(value: ast.expr | None) -> Any:
    """Products of numbers, as sizes are written."""
    if isinstance(value, ast.BinOp) and isinstance(value.op, ast.Mult):
        return _number(value.left) * _number(value.right)
    return ast.literal_eval(value) if value is not None else None


def _type(kind: str) -> str:
    if kind.startswith("Literal["):
        return "one of " + ", ".join(f"`{choice}`" for choice in ast.literal_eval(f"({kind[8:-1]},)"))
    bounds = re.search(r"gt=(\S+?), le=(\S+?)\)", kind)
    return f"number over {bounds[1]}, at most {bounds[2]}" if bounds else TYPES[kind]


def api_page(document: dict[str, Any]) -> str:
    """docs/reference/http-api.md as Markdown, from an OpenAPI document."""
    parts = [API_HEAD]
    for path, methods in sorted(document["paths"].items()):
        for method in METHODS:
            if method in methods:
                parts += _route(path, method, methods[method], document)
    return "\n".join(parts).rstrip() + "\n"


def _route(path: str, method: str, route: dict[str, Any], document: dict[str, Any]) -> Iterator[str]:
    yield f"## `{method.upper()} {path}`\n"
    yield _sentence(route.get("summary", "")) + "\n"
    if text := route.get("description", "").strip():
        yield text + "\n"
    parameters = [_resolved(parameter, document) for parameter in route.get("parameters", [])]
    if shown := [p for p in parameters if p["in"] in ("query", "path", "header")]:
        yield "| parameter | where | meaning |\n|---|---|---|"
        yield from (_parameter(parameter) for parameter in shown)
        yield ""
    for title, content in _examples(route, document):
        yield f"{title}:\n\n```{'json' if content.startswith(('{', '[')) else 'text'}\n{content}\n```\n"


def _sentence(text: str) -> str:
    return text if not text or text.endswith((".", "?", "!")) else text + "."


def _parameter(parameter: dict[str, Any]) -> str:
    meaning = parameter.get("description") or parameter.get("schema", {}).get("description", "")
    needed = "" if not parameter.get("required") or parameter["in"] == "path" else " (needed)"
    cell = " ".join(meaning.split()).replace("|", "\\|")
    return f"| `{parameter['name']}` | {parameter['in']} | {cell}{needed} |"


def _examples(route: dict[str, Any], document: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for media, content in route.get("requestBody", {}).get("content", {}).items():
        if (example := _example(content, document)) is not None:
            yield f"Sent (`{media}`)", example
    for status, response in route.get("responses", {}).items():
        for content in response.get("content", {}).values():
            if status.startswith("2") and (example := _example(content, document)) is not None:
                yield f"Answered ({status})", example


def _example(content: dict[str, Any], document: dict[str, Any]) -> str | None:
    """The example of a body: the route's own, else that of its model."""
    schema = _resolved(content.get("schema", {}), document)
    found = [content["example"]] if "example" in content else []
    found += [example["value"] for example in content.get("examples", {}).values() if "value" in example]
    found += schema.get("examples", [])
    if not found:
        return None
    if isinstance(found[0], str):
        return found[0].rstrip("\n")
    line = json.dumps(found[0], ensure_ascii=False)
    return line if len(line) <= LINE else json.dumps(found[0], indent=2, ensure_ascii=False)


def _resolved(part: dict[str, Any], document: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in part:
        found: Any = document
        for step in part["$ref"].removeprefix("#/").split("/"):
            found = found[step]
        part = found
    return part


def pages() -> dict[str, str]:
    """File name → text of every page that is made from the code."""
    return {
        "settings.md": settings_page(),
        "http-api.md": api_page(json.loads(api.openapi())),
        "cli.md": command_line.page(),
    }


if __name__ == "__main__":
    for name, text in pages().items():
        (FOLDER / name).write_text(text, "utf-8")
