import pytest

from app.listings.places import places

FIFTY = [str(number + 1) for number in range(50)]


@pytest.mark.parametrize(
    ("section", "row", "seats", "printed"),
    [
        ("G", "12", ["4"], [("Section", "G"), ("Row", "12"), ("Seat", "4")]),
        (None, None, FIFTY, [("Seats", "1\N{EN DASH}50")]),
        ("Standing", None, [None, None], [("Section", "Standing")]),
        (None, None, [None], [("Entry", "No fixed seat")]),
    ],
)
def test_what_is_printed_on_a_ticket(section, row, seats, printed):
    assert places(section, row, seats) == printed
