import pytest

from app.errors import Invalid
from app.listings.terms import parse_seats, seats_text


@pytest.mark.parametrize(
    ("text", "seats"),
    [
        ("", []),
        (None, []),
        ("4", ["4"]),
        ("4-7", ["4", "5", "6", "7"]),
        ("4 \N{EN DASH} 5, 9; B12", ["4", "5", "9", "B12"]),
        ("A-3", ["A-3"]),
        (" , 4,,", ["4"]),
    ],
)
def test_seats_are_read_as_people_write_them(text, seats):
    assert parse_seats(text) == seats


@pytest.mark.parametrize("text", ["7-4", "1-51", "1-99999"])
def test_a_range_that_makes_no_sense_is_refused(text):
    with pytest.raises(Invalid):
        parse_seats(text)


@pytest.mark.parametrize(
    ("seats", "text"),
    [
        ([], ""),
        (["5", "4"], "4\N{EN DASH}5"),
        (["10", "9", "8", "4"], "4, 8\N{EN DASH}10"),
        (["B2", "4", "007"], "4, 007, B2"),
    ],
)
def test_neighbours_are_shown_as_a_range(seats, text):
    assert seats_text(seats) == text
    assert sorted(parse_seats(text)) == sorted(seats)
