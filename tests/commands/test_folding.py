"""Folded names: nothing is lost or added, and what people write is understood."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import example, given
from hypothesis import strategies as some

from wacket.commands.folding import MOST_NAMES, alike, expand, fold, split, unfold
from wacket.errors import BadRequest

NAMES = some.lists(some.from_regex(r"[a-c]{0,2}-?[0-9]{0,3}(\.[a-b])?", fullmatch=True).filter(bool))


@pytest.mark.slow
@given(NAMES)
@example(["a9", "a10"])
@example(["a09", "a10", "a99", "a100"])
@example(["a0", "a00", "a1"])
@example(["0", "00", "000"])
def test_folding_and_unfolding_gives_the_same_names(names: list[str]):
    assert sorted(unfold(fold(names))) == sorted(set(names))


@pytest.mark.parametrize(
    ("names", "text"),
    [
        ([], ""),
        (["rig"], "rig"),
        (["demo-1"], "demo-1"),
        (["demo-03", "demo-01", "demo-02"], "demo-[01-03]"),
        ([f"demo-{n:02}" for n in range(1, 17) if n != 4], "demo-[01-03,05-16]"),
        (["pi-9", "pi-10", "pi-11"], "pi-[9-11]"),
        (["pi-99", "pi-100", "pi-098"], "pi-[99,098,100]"),
        (["r1-a", "r2-a", "desk", "r3-b"], "desk,r[1-2]-a,r3-b"),
        (["lab2-pi-1", "lab2-pi-2"], "lab2-pi-[1-2]"),
    ],
)
def test_how_names_are_folded(names: list[str], text: str):
    assert fold(names) == text


def test_several_ranges_in_one_part():
    assert expand("r[1-2]-pi-[08-09,11]") == [f"r{r}-pi-{p}" for r in (1, 2) for p in ("08", "09", "11")]


def test_commas_within_brackets_part_nothing():
    assert split(" a , b-[1,3],, c ") == ["a", "b-[1,3]", "c"]


@pytest.mark.parametrize("text", ["a[3-1]", "a[0-99999999999999999999]", "a[0-999]b[0-999]", "x[1-6000],y[1-6000]"])
def test_nonsense_and_floods_are_refused(text: str):
    with pytest.raises(BadRequest) as raised:
        unfold(text)
    assert raised.value.field == "target"
    assert len(str(raised.value)) < 300


@pytest.mark.slow
@given(some.text(alphabet="a[]0123-9,", max_size=30))
def test_any_text_is_understood_or_refused(text: str):
    with contextlib.suppress(BadRequest):
        assert len(unfold(text)) <= MOST_NAMES


def test_equal_answers_come_together_the_most_frequent_first():
    assert alike([("a", 1), ("b", 2), ("c", 2), ("d", 3)]) == [["b", "c"], ["a"], ["d"]]
