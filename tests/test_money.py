import pytest

from app.money import fee_cents, format_cents, parse_cents


@pytest.mark.parametrize(
    ("text", "cents"),
    [
        ("45", 4500),
        ("45.5", 4550),
        ("45,50", 4550),
        (" 45.50 ", 4550),
        ("1.234,50", 123450),
        ("1,234.50", 123450),
        ("1.234", 123400),
        ("0.07", 7),
        ("1 234,50", 123450),
    ],
)
def test_people_write_money_in_many_ways(text, cents):
    assert parse_cents(text) == cents


@pytest.mark.parametrize(
    "text",
    ["", "-5", "1e3", "12.345,6789", "4.5.6", "NaN", "٤٥", "$5", ".", ",", "1,,2", "12.3456"],
)
def test_what_is_no_amount_is_refused(text):
    with pytest.raises(ValueError):
        parse_cents(text)


def test_no_price_gives_a_fraction():
    for cents in range(1, 20_001):
        assert parse_cents(f"{cents // 100}.{cents % 100:02d}") == cents


@pytest.mark.parametrize(
    ("price", "bps", "fee"),
    [(4500, 500, 225), (10, 500, 1), (9, 500, 0), (30, 500, 2), (1, 5000, 1), (4500, 0, 0)],
)
def test_the_fee_is_rounded_half_up(price, bps, fee):
    assert fee_cents(price, bps) == fee


def test_money_is_shown_as_the_reader_writes_it():
    assert format_cents(5800, "EUR", "en") == "€58.00"
    assert format_cents(5800, "EUR", "de").replace("\N{NO-BREAK SPACE}", " ") == "58,00 €"
