"""What holds for every format whatever is sent: nothing raises, every frame is accounted for, neighbours are safe."""

from __future__ import annotations

import json
import math
from collections import defaultdict
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wacket import formats
from wacket.formats._times import EARLIEST, LATEST
from wacket.records import HUB_TIME, SUSPECT, Decoded

LINES = [name for name in formats.known() if name != "csv"]

numbers = st.sampled_from(
    [
        "1",
        "-2.5",
        "1e3",
        "1e999",
        "nan",
        "7i",
        "3u",
        "t",
        "False",
        "1_0",
        "+5",
        ".5",
        "5.",
        "",
        "0x1",
        "1.2.3",
    ]
)
names = st.sampled_from(["temp", "hum", "a.b", "_x", "é", "1st", "", "v" * 300, "time", "value", "msg"])
plotter = st.lists(
    st.tuples(names, st.sampled_from([":", "=", ": "]), numbers).map("".join), min_size=1, max_size=3
).flatmap(lambda items: st.sampled_from([" ", ",", ", ", "\t", "  "]).map(lambda gap: gap.join(items)))
tags = st.sampled_from(["", ",host=a", ",host=b,room=1", ",x", ",k=", ",a\\ b=c\\,d", ',q="z'])
fields = st.lists(
    st.tuples(names, numbers | st.sampled_from(['"text"', '"a \\"b\\" c=d,e"', '"open'])).map("=".join),
    min_size=1,
    max_size=3,
).map(",".join)
stamps = st.sampled_from(["", " 1795255190123456789", " 1795255190", " -5", " x", " 99999999999999999999", " ", " 1 2"])
influx = st.tuples(
    st.sampled_from(["cpu", "mem", "a\\ b", "#note", " cpu", ""]),
    tags,
    st.sampled_from([" ", "  "]),
    fields,
    stamps,
).map("".join)
scalars = (
    st.none()
    | st.booleans()
    | st.integers(-5, 5)
    | st.sampled_from([1.5, 10**400, 2**64, "text", "2026-11-21T10:00:00Z", 1795255190, 17e11])
)
keys = st.sampled_from(
    ["at", "ts", "time", "name", "value", "labels", "node", "msg", "level", "unit", "temp", "hum", "a.b", ""]
)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(keys, inner, max_size=2),
    max_leaves=4,
)
named = st.fixed_dictionaries(
    {"name": values | st.just("temp"), "value": values},
    optional={"unit": values, "labels": values, "node": values, "at": values},
)
objects = (st.dictionaries(keys, values, max_size=4) | named).map(json.dumps)
events = st.lists(
    st.sampled_from(["Power: Active=5W", " Line: Voltage=230,5V", "Peaks: 1;2.5;3", "x", "Device: ID=3", "A=1",
                     "UTC Time: 2026-1-2 3:04:05", ": 1", "hz: 50", "1:30", "Foo:", "K=1:2"]), min_size=1, max_size=4,
).map(";".join)  # fmt: skip
texts = st.text(max_size=40).map(lambda text: text.replace("\n", " "))
words = st.sampled_from(
    [
        "ERROR",
        "warn",
        "[debug]",
        "level=info",
        "x",
        " ",
        "WARNING:",
        "E" * 47,
        "é",
        "\x1c",
        "{",
        "a:1",
        "a=1",
        "b:2;",
    ]
)
logs = st.lists(words, max_size=6).map(" ".join)
one_line = (plotter | influx | objects | events | texts | logs).map(str.encode) | st.binary(max_size=20).map(
    lambda raw: raw.replace(b"\n", b"")
)
some_lines = st.lists(one_line, max_size=12)


def by_frame(module: Any, lines: list[bytes], make: Any, see: Any) -> list[Any]:
    """Readings, logs and rejects of lines in one envelope, as something to compare: per series the order counts."""
    return comparable(module.decode([make(b"\n".join(lines))]), see, 7)


def comparable(decoded: Decoded, see: Any, node: int) -> list[Any]:
    series = defaultdict(list)
    for reading in see.readings(decoded):
        if reading[0] == node:
            series[reading[:3]].append(reading[3:])
    return [dict(series), [log for log in see.logs(decoded) if log[0] == node]]


def check_shapes(decoded: Decoded) -> None:
    readings, logs = decoded.readings, decoded.logs
    assert len({len(readings.series), len(readings.at), len(readings.value), len(readings.quality)}) == 1
    assert (readings.series < len(decoded.keys)).all()
    assert set(readings.series.tolist()) == set(range(len(decoded.keys)))
    assert np.isfinite(readings.value).all()
    assert readings.series.dtype == np.uint32
    assert readings.value.dtype == np.float64
    assert readings.quality.dtype == logs.severity.dtype == np.uint8
    assert readings.at.dtype == logs.at.dtype == logs.observed_at.dtype == np.int64
    assert logs.node.dtype == np.uint32
    for at in (readings.at, logs.at):
        assert ((at >= EARLIEST) & (at <= LATEST)).all()
    assert ((logs.severity >= 1) & (logs.severity <= 24)).all()
    for column in (logs.source, logs.body, logs.attrs):
        assert len(column) == len(logs)
        assert column.offsets[0] == 0
        assert column.offsets[-1] == len(column.data)
        column.data.decode("utf-8")
    for attrs in logs.attrs.to_list():
        assert not attrs or isinstance(json.loads(attrs), dict)
    for key in decoded.keys:
        assert 0 < len(key.name) <= 255
        assert list(key.labels) == sorted(dict(key.labels).items())


@pytest.mark.slow
@pytest.mark.parametrize("name", formats.known())
@given(bodies=st.lists(some_lines.map(b"\n".join) | some_lines.map(b"\r\n".join) | st.binary(max_size=80), max_size=4))
def test_never_raises_and_every_frame_is_accounted_for(name: str, bodies: list[bytes], make: Any) -> None:
    envelopes = [make(body, node=place, precision=["", "s"][place % 2]) for place, body in enumerate(bodies)]
    decoded = formats.find(name).decode(envelopes)
    check_shapes(decoded)
    assert len(decoded.frames) == len(bodies)
    places = [(reject.envelope, reject.offset) for reject in decoded.rejects]
    assert places == sorted(set(places))
    assert all(0 <= offset < decoded.frames[envelope] for envelope, offset in places)
    assert all(reject.reason and len(reject.reason) < 600 and len(reject.excerpt) <= 256 for reject in decoded.rejects)
    if name != "csv":
        assert decoded.frames == [sum(1 for line in body.split(b"\n") if line.strip()) for body in bodies]
    if name in ("auto", "text"):
        assert not decoded.rejects


@pytest.mark.slow
@pytest.mark.parametrize("name", LINES)
@given(lines=some_lines, data=st.data())
def test_pieces_and_neighbours_make_no_difference(
    name: str, lines: list[bytes], data: st.DataObject, make: Any, see: Any
) -> None:
    module = formats.find(name)
    whole = by_frame(module, lines, make, see)
    envelopes, at = [], 0
    while at < len(lines):
        size = data.draw(st.integers(1, len(lines) - at))
        envelopes.append(make(b"\n".join(lines[at : at + size])))
        envelopes.append(make(b"\n".join(data.draw(some_lines)), node=8))
        at += size
    assert comparable(module.decode(envelopes), see, 7) == whole
    singly = [comparable(module.decode([make(line)]), see, 7) for line in lines]
    assert [log for one in singly for log in one[1]] == whole[1]
    assert sum(len(rows) for one in singly for rows in one[0].values()) == sum(map(len, whole[0].values()))


@pytest.mark.parametrize("name", formats.known())
def test_a_stranger_is_marked(name: str, make: Any) -> None:
    body = {
        "csv": b"time,temp\n,1\n2026-11-21T10:00:00Z,2\n",
        "ndjson": b'{"temp": 1}\n{"at": "2026-11-21T10:00:00Z", "temp": 2}',
        "energy": b"Power: Active=1\nPower: Active=1; UTC Time: 2026-11-21 10:00:00",
        "influx": b"temp value=1\ntemp value=2 1795255200000000000",
    }.get(name, b"temp:1")
    for adopted, mark in ((True, 0), (False, SUSPECT)):
        found = formats.find(name).decode([make(body, adopted=adopted)]).readings.quality.tolist()
        assert found == ([] if name == "text" else [HUB_TIME | mark] if b":1" in body else [HUB_TIME | mark, mark])


finite = st.floats(allow_nan=False, allow_infinity=False)
plain = st.text("abcdefgh_0123", min_size=1, max_size=6).filter(lambda text: not text[0].isdigit())
labelled = st.dictionaries(
    plain,
    st.text(min_size=1, max_size=5).filter(lambda text: "\n" not in text and "\\" not in text),
    max_size=2,
)
moments = st.integers(0, 4 * 10**15)


def escaped(text: str) -> str:
    return "".join("\\" + letter if letter in ", =" else letter for letter in text)


@given(
    points=st.lists(
        st.tuples(plain, labelled, st.dictionaries(plain, finite, min_size=1, max_size=3), moments),
        min_size=1,
        max_size=6,
    )
)
def test_line_protocol_that_is_written_is_read_again(points: list[Any], make: Any, see: Any) -> None:
    lines, expected = [], []
    for name, labels, measured, at in points:
        head = "".join([name, *(f",{key}={escaped(value)}" for key, value in labels.items())])
        lines.append(f"{head} {','.join(f'{key}={value!r}' for key, value in measured.items())} {at * 1000}")
        labels_of = tuple(sorted(labels.items()))
        expected += [
            (7, name if key == "value" else f"{name}.{key}", labels_of, at, value, 0) for key, value in measured.items()
        ]
    decoded = formats.find("influx").decode([make("\n".join(lines).encode())])
    assert decoded.rejects == []
    assert see.readings(decoded) == expected


@given(rows=st.lists(st.tuples(plain, labelled, finite, moments), min_size=1, max_size=6))
def test_what_the_hub_exports_is_read_again(rows: list[Any], make: Any, see: Any) -> None:
    written = [
        {"node": "lab", "name": name, "labels": labels, "at": formats._times.iso(at), "value": value}
        for name, labels, value, at in rows
    ]
    expected = [
        (7, name, tuple(sorted({**labels, "node": "lab"}.items())), at, value, 0) for name, labels, value, at in rows
    ]
    body = "\n".join(map(json.dumps, written)).encode()
    assert see.readings(formats.find("ndjson").decode([make(body)])) == expected
    table = ["node,name,labels,at,value"] + [
        ",".join(
            [
                row["node"],
                row["name"],
                '"' + json.dumps(row["labels"]).replace('"', '""') + '"',
                row["at"],
                repr(row["value"]),
            ]
        )
        for row in written
    ]
    assert see.readings(formats.find("csv").decode([make("\n".join(table).encode())])) == expected


cells = st.sampled_from(["1", "-2.5", "", "text", "nan", "2026-11-21T10:00:00Z", "1795255190", "1e999", "é"])


@given(
    table=st.lists(st.lists(cells, min_size=3, max_size=3), max_size=5),
    header=st.sampled_from(["time,a,b", "a,name,value", "x,y,at", "a,b,message"]),
)
def test_quotes_in_csv_make_no_difference(table: list[list[str]], header: str, make: Any, see: Any) -> None:
    rows = [row for row in table if any(row)]
    bare = "\n".join([header, *map(",".join, rows)])
    quoted = "\n".join([header, *(",".join(f'"{cell}"' for cell in row) for row in rows)])
    found = [formats.find("csv").decode([make(text.encode())]) for text in (bare, quoted)]
    assert see.document(found[0]) == see.document(found[1])
    assert all(math.isfinite(reading[4]) for reading in see.readings(found[0]))
