"""Writes the page's TypeScript types from the hub's OpenAPI document: `web/src/api/types.ts`.

Each schema becomes an interface, each route an entry of `Routes` with its path, query, body and answer. It knows only
what this project's document uses, and stops at anything else rather than guess.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

from wacket.api import openapi

FILE = Path(__file__).parent.parent / "web" / "src" / "api" / "types.ts"
HEAD = """// Made from the hub's OpenAPI document by `make docs`; do not edit. A test compares the two.

"""
PLAIN = {"string": "string", "integer": "number", "number": "number", "boolean": "boolean", "null": "null"}
Schema = dict[str, Any]


def text() -> str:
    """The whole file."""
    document = json.loads(openapi())
    shapes = [_interface(name, shape) for name, shape in sorted(document["components"]["schemas"].items())]
    routes = [
        _route(f"{method.upper()} {path}", route)
        for path, methods in sorted(document["paths"].items())
        for method, route in methods.items()
    ]
    return HEAD + "\n\n".join(shapes) + "\n\nexport interface Routes {\n" + "\n".join(routes) + "\n}\n"


def _interface(name: str, shape: Schema) -> str:
    comment = _comment(shape.get("description", ""))
    if shape.get("type") == "object" and "properties" in shape:
        return f"{comment}export interface {_name(name)} {_object(shape)}"
    return f"{comment}export type {_name(name)} = {_type(shape)};"


def _comment(description: str) -> str:
    words = " ".join(description.split()).replace("*/", "* /")
    return f"/** {words} */\n" if words else ""


def _name(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9]+", "_", name)


def _type(shape: Schema) -> str:  # noqa: PLR0911 - one line a kind of schema
    if "$ref" in shape:
        return _name(shape["$ref"].rpartition("/")[2])
    if "const" in shape:
        return json.dumps(shape["const"])
    if "enum" in shape:
        return " | ".join(json.dumps(value) for value in shape["enum"])
    if several := shape.get("anyOf") or shape.get("oneOf"):
        return " | ".join(dict.fromkeys(_type(one) for one in several))
    kind = shape.get("type")
    if kind == "array":
        return _array(shape)
    if kind == "object":
        return _object(shape)
    return "unknown" if kind is None else PLAIN[kind]


def _array(shape: Schema) -> str:
    if "prefixItems" in shape:
        return "[" + ", ".join(_type(one) for one in shape["prefixItems"]) + "]"
    inner = _type(shape.get("items", {}))
    return f"({inner})[]" if " " in inner else f"{inner}[]"


def _object(shape: Schema) -> str:
    if "properties" not in shape:
        more = shape.get("additionalProperties", True)
        return f"Record<string, {_type(more) if isinstance(more, dict) else 'unknown'}>"
    needed = shape.get("required", [])
    fields = [
        f"{_key(name)}{'' if name in needed else '?'}: {_type(field)};" for name, field in shape["properties"].items()
    ]
    return "{ " + " ".join(fields) + " }"


def _key(name: str) -> str:
    return name if re.fullmatch(r"[A-Za-z_]\w*", name) else json.dumps(name)


def _route(title: str, route: Schema) -> str:
    given = {"path": _given(route, "path"), "query": _given(route, "query")}
    body = _content(route.get("requestBody", {}))
    answers = [_content(answer) for code, answer in route["responses"].items() if code.startswith("2")]
    known = [answer for answer in answers if answer]
    parts = [f"{name}: {shape};" for name, shape in given.items() if shape]
    if body:
        parts.append(f"body: {body};")
    parts.append(f"answer: {' | '.join(dict.fromkeys(known)) or 'undefined'};")
    return f"  {json.dumps(title)}: {{ {' '.join(parts)} }};"


def _given(route: Schema, where: str) -> str:
    fields = [
        f"{_key(one['name'])}{'' if one.get('required') else '?'}: {_type(one['schema'])};"
        for one in route.get("parameters", [])
        if one["in"] == where
    ]
    return "{ " + " ".join(fields) + " }" if fields else ""


def _content(holder: Schema) -> str:
    for media, content in holder.get("content", {}).items():
        if media == "application/json":
            return _type(content.get("schema", {}))
        return "string"
    return ""


if __name__ == "__main__":
    sys.stdout.write(text()) if "--print" in sys.argv else FILE.write_text(text(), "utf-8")
