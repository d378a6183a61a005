"""PURE: recognises what a text file holds from its first lines, and turns `name value time` lines into
NDJSON.

It guesses only; the preview shows the guess to a person, and --format overrules it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence

TRIPLES = "triples"  # our own name for `name value time`; the hub is sent NDJSON
SAMPLE = 20  # lines that are looked at

_ENERGY = re.compile(r"\s*[A-Za-z][\w .]*:[^;:]*;")
_SECTION_PAIR = re.compile(r"=[^;]*;")
_INFLUX = re.compile(r"[^\s,=]+(,[^\s,=]+=(\\.|[^\s,])+)*\s+[^\s=,]+=\S+(\s+-?\d+)?\s*")
_NUMBER = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?")
_WHEN = re.compile(r"\d{9,19}(\.\d+)?|\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[-+]\d\d:?\d\d)?)?")


def recognise(lines: Sequence[str]) -> str:
    """The format that the first lines of a file look like: energy, ndjson, triples, influx, csv, or auto."""
    sample = [line for line in lines if line.strip()][:SAMPLE]
    if not sample:
        return "auto"
    for name, fits in (("ndjson", _is_object), ("energy", _is_energy), (TRIPLES, _is_triple)):
        if all(map(fits, sample)):
            return name
    if _is_csv(sample):
        return "csv"
    return "influx" if all(map(_INFLUX.fullmatch, sample)) else "auto"


def triples_to_ndjson(lines: Iterable[str]) -> Iterable[str]:
    """`name value [time]` lines as NDJSON rows; another line goes through, to be refused by name.

    A time may be epoch seconds, milliseconds, microseconds or nanoseconds, told apart by size, or ISO-8601.
    """
    for line in lines:
        words = line.split(None, 2)
        if len(words) < 2 or not _NUMBER.fullmatch(words[1]):
            yield line
            continue
        row: dict[str, object] = {"name": words[0], "value": float(words[1])}
        if len(words) == 3:
            row["at"] = _moment(words[2].strip())
        yield json.dumps(row)


def _moment(text: str) -> object:
    """Epoch numbers in any unit as ISO-8601, so that nothing downstream has to guess again; other text as it is."""
    from wacket.formats._times import epoch, iso

    if not _NUMBER.fullmatch(text) or text.startswith(("-", "+")):
        return text
    at = epoch(int(text) if text.isdigit() else float(text))
    return text if at is None else iso(at)


def _is_object(line: str) -> bool:
    text = line.strip()
    return text.startswith("{") and text.endswith("}")


def _is_energy(line: str) -> bool:
    return bool(_ENERGY.match(line) and _SECTION_PAIR.search(line))


def _is_triple(line: str) -> bool:
    words = line.split(None, 2)
    if len(words) < 2 or not _NUMBER.fullmatch(words[1]) or _NUMBER.fullmatch(words[0]):
        return False
    return len(words) == 2 or bool(_WHEN.fullmatch(words[2].strip()))


def _is_csv(sample: Sequence[str]) -> bool:
    """A heading that is no number, and the same number of commas in every row."""
    heads = sample[0].split(",")
    if len(heads) < 2 or any(_NUMBER.fullmatch(head.strip()) for head in heads):
        return False
    return all(line.count(",") == len(heads) - 1 or '"' in line for line in sample[1:])
