import pytest


@pytest.mark.parametrize("number", [0, 2**63, 10**30])
@pytest.mark.parametrize("address", ["/listings/{}", "/listings/{}/edit"])
def test_a_number_that_no_row_can_have_is_not_found(as_user, seller, address, number):
    assert as_user(seller).get(address.format(number)).status_code == 404
