"""Energy events: `Section: key=value; key=value; List: value; value;` into a dict that JSON can hold.

Sections hold either pairs (a dict) or values (a list). `ON` and `OFF` are booleans; numbers lose their unit; a date
becomes ISO-8601 with Z; all else stays text. Raises Undecodable, naming the place. Makes no readings.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import chain
from math import isfinite
from typing import Annotated, Any

import msgspec

from wacket.errors import Undecodable
from wacket.formats._times import instant, iso

Event = dict[str, Any]

_SECTION = re.compile(r";([^;:=]*+):")
_NUMBER = re.compile(
    r"([+-]?(?:[0-9]++[.,]?+[0-9]*+|[.,][0-9]++)(?:e[+-]?[0-9]++)?+)\s*+(?:var|VA|V|W|rad)?+", re.I | re.A
)
# A date, a time of day, or both: the only values that may hold a colon.
_DATE = r"(?:[0-9]{1,4}[-./][0-9]{1,2}[-./][0-9]{1,4}|(?:[a-z]{3,9},? *)?[0-9]{1,2}[ -][a-z]{3,9}[ -][0-9]{2,4})"
_CLOCK = r"[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:[.,][0-9]{1,9})?)?\s*(?:Z|UTC|GMT|AM|PM|[+-][0-9]{2}:?[0-9]{2})?"
_MOMENT = re.compile(rf"(?:{_DATE}[T ]+)?{_CLOCK}|{_DATE}", re.I | re.A)
_LARGEST = 2**63 - 1  # beyond this JSON readers differ; larger numbers are kept as decimals
_LONGEST_WHOLE = 300  # digits; float64 ends at 309
_CACHED = 48  # characters; what is longer is read each time, so that no sender can fill the memory with them
_ENDS_IN_DIGIT = re.compile(r"[0-9]\Z").search
_LONGEST_MOMENT = 64

_Whole = Annotated[int, msgspec.Meta(ge=-_LARGEST, le=_LARGEST)]
_numbers = msgspec.json.Decoder(list[_Whole | float])


def parse(text: str) -> Event:
    """The event that a text holds; an empty dict if there is no section in it."""
    parts = _SECTION.split(";" + text)  # what is before any section, then name and content in turn
    if any(map(_ENDS_IN_DIGIT, parts[1::2])):
        parts = _with_times_whole(parts)
    event: Event = {}
    for name, content in zip(map(str.strip, parts[1::2]), parts[2::2], strict=True):
        if not name:
            raise Undecodable(f"a section without a name, before {content.strip()[:32]!r}")
        short = len(name) + len(content) <= _CACHED
        event[name] = _cached_section(name, content).copy() if short else _section(name, content)
    return event


def parse_json(raw: bytes | str) -> Event:
    """The same event from JSON: an object, or a text that holds one (or holds the event's own text)."""
    try:
        found = msgspec.json.decode(raw)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise Undecodable(f"not valid JSON: {error}") from error
    if isinstance(found, str):
        inner = found.strip()
        return parse_json(inner) if inner[:1] in ("{", '"') and len(inner) < len(raw) else parse(inner)
    if not isinstance(found, dict):
        raise Undecodable('expected an object of sections, as in {"Power": {"Active": 1753}}')
    return {name: _from_json(name, content) for name, content in found.items()}


def value(text: str) -> bool | int | float | str:
    """One value of an event."""
    return _cached_value(text) if len(text) <= _CACHED else _value(text)


def _with_times_whole(parts: list[str]) -> list[str]:
    """What looked like `name:` may be the hour of a time in a list: then it belongs to the content before it."""
    names, contents = [parts[1]], [[parts[2]]]
    for name, content in zip(parts[3::2], parts[4::2], strict=True):
        item = f"{name}:{content.partition(';')[0]}".strip()
        if name[-1:].isdigit() and _is_moment(item):
            contents[-1].append(f"{name}:{content}")
        else:
            names.append(name)
            contents.append([content])
    return [parts[0], *chain.from_iterable(zip(names, map(";".join, contents), strict=True))]


def _section(name: str, content: str) -> dict[str, Any] | list[Any]:
    return _pairs(name, content) if "=" in content else _values(name, content)


_cached_section = lru_cache(maxsize=16384)(_section)  # much of an event is the same in the next one


def _is_moment(item: str) -> bool:
    return len(item) <= _LONGEST_MOMENT and _MOMENT.fullmatch(item) is not None


def _values(name: str, content: str) -> list[Any]:
    try:
        # A list of plain numbers is read at once; JSON's numbers and ours agree wherever JSON has them.
        values = _numbers.decode("[" + content.strip().removesuffix(";").replace(";", ",") + "]")
        if values and "," not in content:
            return list(values)
    except (msgspec.MsgspecError, UnicodeEncodeError):
        pass
    items = content.split(";")
    if not items[-1].strip():
        items.pop()
    if not any(map(str.strip, items)):
        raise Undecodable(f"section {name!r} is empty: expected key=value pairs or a list of values")
    return [_checked(name, item) for item in items]


def _pairs(name: str, content: str) -> dict[str, Any]:
    pairs: dict[str, Any] = {}
    for item in content.split(";"):
        key, equals, text = item.partition("=")
        key = key.strip()
        if equals and key:
            pairs[key] = value(text) if ":" not in text else _checked(f"{name}.{key}", text)
        elif equals:
            raise Undecodable(f"section {name!r}: a value without a key: {item.strip()[:32]!r}")
        elif not pairs:
            raise Undecodable(f"section {name!r}: {key[:32]!r} is no key=value pair, as those after it are")
    return pairs


def _checked(place: str, text: str) -> bool | int | float | str:
    if ":" in text and not _is_moment(text.strip()):
        raise Undecodable(f"{place}: {text.strip()[:32]!r} holds ':' and is no date or time")
    return value(text)


def _value(text: str) -> bool | int | float | str:
    text = text.strip()
    word = text.upper()
    if word in ("ON", "OFF"):
        return word == "ON"
    match = _NUMBER.fullmatch(text)
    if match is not None:
        digits = match[1].replace(",", ".")
        if len(digits) < 24 and digits.lstrip("+-").isdigit() and abs(int(digits)) <= _LARGEST:
            return int(digits)
        number = float(digits)
        return number if isfinite(number) else text
    if ":" in text or "-" in text:
        at = instant(text) if _is_moment(text) else None
        return text if at is None else iso(at)
    return text


_cached_value = lru_cache(maxsize=16384)(_value)


def _from_json(name: str, content: Any) -> dict[str, Any] | list[Any]:
    if not isinstance(content, dict | list):
        content = [content]  # a lone value is a list of one
    if not content:
        raise Undecodable(f"section {name!r} is empty")
    if isinstance(content, list):
        return [_member(f"{name}[{index}]", one) for index, one in enumerate(content)]
    return {key: _member(f"{name}.{key}", one) for key, one in content.items()}


def _member(place: str, one: Any) -> bool | int | float | str:
    if isinstance(one, str):
        return value(one)
    if isinstance(one, bool | float):
        return one
    if isinstance(one, int) and len(str(one)) <= _LONGEST_WHOLE:
        return one if abs(one) <= _LARGEST else float(one)
    raise Undecodable(f"{place} must be a number, a text or a boolean, not {_kind(one)}")


def _kind(found: Any) -> str:
    return {dict: "an object", list: "a list", str: "a text", type(None): "null"}.get(
        type(found), "a number of hundreds of digits"
    )
