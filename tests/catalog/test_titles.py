import pytest

from app.catalog.titles import are_alike


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Blur: live in concert", "BLUR live"),
        ("FC Bayern M\u00fcnchen - RB Leipzig", "Bayern gegen Leipzig"),
        ("Hafenlichter", "Hafen Lichter"),
        ("Hafenlichter", "Hafenlichtr"),
        ("The The", "the the"),
        ("Nachtzug Ensemble", "Nachtzug Ensemble, Tour 2027"),
    ],
)
def test_what_means_the_same_is_alike(one, other):
    assert are_alike(one, other)
    assert are_alike(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Blur", "Pulp"),
        ("FC Bayern M\u00fcnchen - RB Leipzig", "FC Bayern M\u00fcnchen - SC Freiburg"),
        ("Rammstein Stadium Tour, Night 1", "Rammstein Stadium Tour, Night 2"),
        ("Nachtzug Ensemble", "Nachtzug Quartett"),
        ("???", "Blur"),
    ],
)
def test_what_only_shares_some_words_is_not(one, other):
    assert not are_alike(one, other)
    assert not are_alike(other, one)
