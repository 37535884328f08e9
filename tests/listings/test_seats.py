import pytest

from app.errors import Invalid
from app.listings.seats import parse_seats, seats_text


@pytest.mark.parametrize(
    ("text", "seats"),
    [
        ("", []),
        (None, []),
        ("4", ["4"]),
        ("4-7", ["4", "5", "6", "7"]),
        ("4 \N{EN DASH} 5, 9; B12", ["4", "5", "9", "B12"]),
        ("4 bis 6", ["4", "5", "6"]),
        ("4 to 6", ["4", "5", "6"]),
        ("4\N{MINUS SIGN}6", ["4", "5", "6"]),
        ("B4-B7", ["B4", "B5", "B6", "B7"]),
        ("B4-7", ["B4", "B5", "B6", "B7"]),
        ("B4 - b5", ["B4", "B5"]),
        ("Loge 4 bis Loge 5", ["Loge 4", "Loge 5"]),
        ("Links  außen 9-10", ["Links außen 9", "Links außen 10"]),
        ("007-009", ["007", "008", "009"]),
        ("98-101", ["98", "99", "100", "101"]),
        ("1-50", [str(number) for number in range(1, 51)]),
        ("A-3", ["A-3"]),
        ("bis 6", ["bis 6"]),
        ("Tor 3", ["Tor 3"]),
        (" , 4,,", ["4"]),
    ],
)
def test_seats_are_read_as_people_write_them(text, seats):
    assert parse_seats(text) == seats


@pytest.mark.parametrize(
    "text",
    [
        *("7-4", "B4-C7", "4-B7", "12.4-12.7", "4-5-6", "B4 bis C7", "1-9999999999999"),
        *("4 & 5", "4 und 5", "4 and B5", "B4+B5"),
    ],
)
def test_what_seems_to_name_several_seats_and_does_not_say_which_is_refused(text):
    with pytest.raises(Invalid, match="We cannot read the seats") as refusal:
        parse_seats(f"1, {text}")
    assert refusal.value.field == "seats"


@pytest.mark.parametrize("text", ["1-51", "1-99999", "1-9999999999", "B1 bis B99"])
def test_a_range_of_too_many_says_how_many_there_may_be(text):
    with pytest.raises(Invalid, match="at most 50") as refusal:
        parse_seats(text)
    assert refusal.value.field == "seats"


@pytest.mark.parametrize(
    ("seats", "text"),
    [
        ([], ""),
        (["5", "4"], "4\N{EN DASH}5"),
        (["10", "9", "8", "4"], "4, 8\N{EN DASH}10"),
        (["B2", "4", "007"], "4, 007, B2"),
        (["B5", "B4", "B7", "A5"], "A5, B4\N{EN DASH}B5, B7"),
        (["Loge 9", "Loge 10"], "Loge 9\N{EN DASH}Loge 10"),
        (["10", "9", "08"], "08, 9\N{EN DASH}10"),
        (["099", "100", "A-3", "A-4"], "099\N{EN DASH}100, A-3, A-4"),
    ],
)
def test_neighbours_are_shown_as_a_range(seats, text):
    assert seats_text(seats) == text
    assert sorted(parse_seats(text)) == sorted(seats)


def test_as_many_seats_as_a_listing_may_have_fit_the_field_they_are_edited_in():
    seats = parse_seats("Balkon 001-050")
    assert seats_text(seats) == "Balkon 001\N{EN DASH}Balkon 050"
    assert parse_seats(seats_text(seats)) == seats
