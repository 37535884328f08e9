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
        ("1.234.567,00", 123456700),
        ("1,234,567", 123456700),
        ("0.07", 7),
        ("1 234,50", 123450),
        ("12\N{NO-BREAK SPACE}345", 1234500),
    ],
)
def test_people_write_money_in_many_ways(text, cents):
    assert parse_cents(text) == cents


@pytest.mark.parametrize(
    "text",
    [
        *("", "-5", "1e3", "12.345,6789", "4.5.6", "NaN", "٤٥", "$5", ".", ",", "1,,2", "12.3456"),
        *("0.005", "0.500", "0,500", "012.345,00", "1.234.56", "1,234,567,890", "4 5", "45 . 50"),
    ],
)
def test_what_is_no_amount_is_refused(text):
    with pytest.raises(ValueError, match=r"such as 45 or 45\.50"):
        parse_cents(text)


@pytest.mark.parametrize(
    ("text", "instead"), [("40.999", "40999"), ("1.234", "1234"), ("1,234", "1234")]
)
def test_what_could_be_a_thousand_times_as_much_is_asked_again(text, instead):
    with pytest.raises(ValueError, match=rf"Write {instead} or {instead}\.00\."):
        parse_cents(text)


@pytest.mark.parametrize(
    "text", ["€40", "40 €", "40€", "40 EUR", "eur 40.00", "40,00\N{NO-BREAK SPACE}€"]
)
def test_the_currency_may_stand_with_the_amount(text):
    assert parse_cents(text, "EUR") == 4000


@pytest.mark.parametrize("text", ["€40€", "€", "$40", "40 USD", "€1.234", "€ -5"])
def test_another_currency_or_one_without_an_amount_is_refused(text):
    with pytest.raises(ValueError):
        parse_cents(text, "EUR")


def test_without_a_currency_its_sign_is_no_amount():
    with pytest.raises(ValueError):
        parse_cents("€40")


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
