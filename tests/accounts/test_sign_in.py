import re
import time

import pytest
from argon2 import PasswordHasher

from app.accounts import passwords, sign_in
from app.db import db, transaction
from app.errors import Invalid
from tests.accounts.conftest import PASSWORD
from tests.accounts.conftest import sign_in as send


def test_after_signing_in_one_is_back_where_one_was(new_browser, ada):
    client = new_browser()
    asked = client.get("/account")
    assert asked.location == "/signin?next=/account"
    assert 'value="/account"' in client.get(asked.location).text
    assert send(client, next="/account").location == "/account"


def test_a_foreign_way_back_is_not_taken(new_browser, ada):
    assert send(new_browser(), next="https://evil.example").location == "/"


def test_the_way_to_sign_up_carries_the_way_back(new_browser):
    assert 'href="/signup?next=/account"' in new_browser().get("/signin?next=/account").text


def test_htmx_is_sent_to_sign_in_rather_than_given_the_page(new_browser):
    answer = new_browser().get("/account", headers={"HX-Request": "true"})
    assert answer.status_code == 204
    assert answer.headers["HX-Redirect"].startswith("/signin")


def test_who_is_signed_in_need_not_sign_in_again(new_browser, ada):
    client = new_browser()
    send(client)
    assert client.get("/signin?next=/account").location == "/account"


def test_case_and_spaces_of_the_address_do_not_matter(new_browser, ada):
    assert send(new_browser(), email=" ADA@example.org ").status_code == 303


def test_the_answer_does_not_tell_whether_there_is_an_account(new_browser, ada):
    def body(email):
        text = send(new_browser(), email=email, password="wrong").text.replace(email, "")
        return re.sub(r'(name="csrf_token"|X-CSRFToken|value=)[^>]*>', "", text)

    assert body("ada@example.org") == body("bob@example.org")


def test_the_time_does_not_tell_whether_there_is_an_account(app, ada):
    def seconds(email):
        start = time.thread_time()  # what others do on this machine does not count
        with pytest.raises(Invalid):
            sign_in.authenticate(email, "wrong")
        return time.thread_time() - start

    seconds("bob@example.org")  # the first makes the hash that nobody has
    rounds = [(seconds("ada@example.org"), seconds("bob@example.org")) for _ in range(9)]
    known, unknown = (min(times) for times in zip(*rounds, strict=True))
    assert 0.5 < known / unknown < 2


@pytest.mark.parametrize("email", ["a\x00@example.org", "' OR 1=1 --", "x" * 300, "\u212a@x.org"])
def test_no_address_breaks_it(app, email):
    with pytest.raises(Invalid):
        sign_in.authenticate(email, "wrong")


def test_a_weaker_hash_becomes_a_strong_one(new_browser, ada):
    with transaction():
        ada.password_hash = PasswordHasher(memory_cost=8, time_cost=1, parallelism=1).hash(PASSWORD)
    assert send(new_browser()).status_code == 303
    db.session.refresh(ada)
    assert not passwords.hasher.check_needs_rehash(ada.password_hash)


def test_an_old_password_opens_nothing_once_it_was_changed(app, ada):
    user = sign_in.authenticate("ada@example.org", PASSWORD)
    user_id, proven = user.id, user.password_hash
    with transaction():
        passwords.change_password(user_id, PASSWORD, "seven quiet lanterns")
    with pytest.raises(Invalid), transaction():
        sign_in.let_in(user_id, proven, PASSWORD)


def test_a_forgotten_password_is_a_matter_for_the_operator(new_browser):
    assert "the operator of this site" in new_browser().get("/forgotten-password").text
