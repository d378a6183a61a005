"""JSON that is made to hurt: nesting near the end of the stack, and values that no label can have."""

from __future__ import annotations

from typing import Any

import pytest

from wacket import formats

DEPTHS = range(900, 1001)


def nested(depth: int, shape: str) -> bytes:
    return shape.replace("HERE", "[" * depth + "]" * depth).encode()


@pytest.mark.slow
@pytest.mark.parametrize("name", formats.known())
@pytest.mark.parametrize(
    "shape",
    [
        '{"x":1,"labels":{"a":HERE}}',
        '{"x":HERE}',
        '{"labels":HERE,"node":HERE,"x":1}',
        '{"name":"x","value":HERE,"labels":{"a":1}}',
        '{"message":HERE,"level":HERE,"source":HERE,"at":HERE,"unit":HERE}',
        '{"Power":{"Active":HERE}}',
        'labels,name,value\n"{""a"":HERE}",x,1',
        'x,labels="HERE" y=HERE',
    ],
)
def test_no_depth_of_nesting_hurts_a_format(name: str, shape: str, make: Any) -> None:
    module = formats.find(name)
    for depth in DEPTHS:
        body = nested(depth, shape)
        module.decode([make(body)])
        module.decode([make(body), make(b'{"x":1,"labels":{"a":"b"}}\n'), make(body)])


def test_an_object_whose_label_is_nested_is_kept_whole_and_its_neighbours_have_theirs(make: Any, see: Any) -> None:
    body = b'{"x":1,"labels":{"a":[1]}}\n{"x":2,"labels":{"a":{"b":1}}}\n{"x":3,"labels":{"a":"b","c":4}}'
    decoded = formats.find("ndjson").decode([make(body)])
    assert [(reading[2], reading[4]) for reading in see.readings(decoded)] == [((("a", "b"), ("c", "4")), 3.0)]
    assert [log[5].encode() for log in see.logs(decoded)] == body.split(b"\n")[:2]
    assert decoded.rejects == []


@pytest.mark.parametrize("value", ["9" * 400, "9" * 5000, "-" + "9" * 5000, "1e308", "null", "true"])
def test_a_label_may_be_any_number(value: str, make: Any) -> None:
    assert formats.find("ndjson").decode([make(b'{"x":1,"labels":{"a":%s}}' % value.encode())]).frames == [1]


@pytest.mark.parametrize("unit", ["[1]", '{"a":1}', "5", "true"])
def test_a_unit_that_is_no_text_keeps_the_object_whole(unit: str, make: Any, see: Any) -> None:
    body = b'{"name":"a","value":1,"unit":%s}\n{"name":"b","value":2,"unit":"W"}\n{"name":"c","value":3,"unit":null}'
    decoded = formats.find("ndjson").decode([make(body % unit.encode())])
    assert [reading[4] for reading in see.readings(decoded)] == [1.0, 2.0, 3.0]
    assert decoded.units == {"b": "W"}
    assert [log[5].encode() for log in see.logs(decoded)] == [(body % unit.encode()).split(b"\n")[0]]
