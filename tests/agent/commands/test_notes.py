"""Notes between desk and runner: read as they were written, or not at all."""

from __future__ import annotations

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wacket_agent.commands import notes


@given(
    st.lists(
        st.tuples(
            st.text(st.characters(exclude_characters="=\0"), min_size=1),
            st.text(st.characters(exclude_characters="\0")),
        )
    )
)
def test_notes_are_read_as_they_were_written(pairs: list[tuple[str, str]]) -> None:
    pairs = [(_text(name), _text(value)) for name, value in pairs]
    note = notes.load(notes.dump(pairs))
    assert note is not None
    assert note.pairs == pairs


@given(st.binary(max_size=100))
def test_a_note_that_is_not_whole_is_none(data: bytes) -> None:
    note = notes.load(data)
    assert note is None or notes.dump(note.pairs) == data
    whole = notes.dump([("name", "value"), ("other", "")])
    assert all(notes.load(whole[:size]) is None for size in range(2, len(whole) - 1))


@pytest.mark.parametrize("pair", [("a=b", "c"), ("", "c"), ("a", "b\0")])
def test_what_a_note_cannot_hold(pair: tuple[str, str]) -> None:
    with pytest.raises(ValueError, match="note"):
        notes.dump([pair])


def _text(text: str) -> str:
    """As it comes from the system: what is no Unicode as half characters."""
    return os.fsdecode(text.encode("utf-8", "surrogatepass"))
