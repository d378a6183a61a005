"""Text for terminals."""

import pytest

from wacket.cli.support.text import aligned, amount, decoded, fitted, folded, number, plain, width


def test_control_and_direction_characters_become_visible():
    assert plain("a\x1b[2J\r\nb\u202e\x9b") == r"a\x1b[2J\x0d\x0ab\u202e\x9b"
    assert plain("a\nb", keep="\n") == "a\nb"
    assert plain("21,4 °C – 温度") == "21,4 °C – 温度"


def test_wide_and_combining_characters_are_counted_as_terminals_do():
    assert [width("abc"), width("温度"), width("e\u0301")] == [3, 4, 1]
    assert aligned([["温度", "1"], ["abc", "22"]], [False, True]) == ["温度   1", "abc   22"]


def test_a_text_that_is_too_long_is_cut_visibly():
    assert fitted("abcdef", 4) == "abc…" and width(fitted("温度温度", 4)) <= 4
    assert fitted("abcd", 4) == "abcd"


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        *[(21.40, "21.4"), (1e-9, "1e-09"), (7, "7"), (None, "–"), (True, "True"), ("x", "x"), (0.1 + 0.2, "0.3")],
        *[
            (82880786432.0, "82880786432"),
            (-3.0, "-3"),
            (1e15, "1e+15"),
            (float("inf"), "inf"),
            (10**20, "1" + 20 * "0"),
        ],
    ],
)
def test_numbers_as_people_write_them(value, shown):
    assert number(value) == shown


def test_amounts_and_counts():
    assert [amount(0), amount(999), amount(1_234_567), amount(5e12)] == ["0 B", "999 B", "1.2 MB", "5.0 TB"]
    assert [folded(1, "line"), folded(12_000, "line")] == ["1 line", "12,000 lines"]


def test_text_in_pieces_is_made_harmless_even_where_a_character_is_cut():
    text = "a\t\x9b2J\n\u202e温\xff".encode()
    for place in range(len(text)):
        assert "".join(decoded([text[:place], text[place:]])) == "a\t\\x9b2J\n\\u202e温\xff"
    assert "".join(decoded([b"\xff\xe6"])) == "\ufffd\ufffd"
