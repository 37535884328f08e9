import socket
import time

import pytest

from app.web.limits import limiter
from tests.accounts.conftest import sign_in

pytestmark = pytest.mark.thorough


def test_the_eleventh_guess_is_refused_even_if_it_is_right(new_browser, ada):
    client = new_browser()
    for _ in range(10):
        assert sign_in(client, password="wrong").status_code == 422
    answer = sign_in(client)
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0
    assert "too many tries" in answer.text


def test_the_wait_is_told_in_the_language_of_the_page(new_browser, ada):
    client = new_browser()
    client.set_cookie("language", "de")
    for _ in range(10):
        sign_in(client, password="wrong")
    assert "Warte 5 Minuten und versuche es dann noch einmal." in sign_in(client).text


def test_another_account_is_not_held_back(new_browser, ada):
    for _ in range(11):
        sign_in(new_browser(), email="bob@example.org", password="wrong")
    assert sign_in(new_browser()).status_code == 303


def test_another_spelling_of_the_address_is_no_other_account(new_browser, ada):
    spellings = [
        "ada@example.org",
        "ADA@example.org",
        "ada@\uff45xample.org",
        "ada@example\u3002org",
    ]
    for number in range(10):
        sign_in(new_browser(), email=spellings[number % 4], password="wrong")
    assert [sign_in(new_browser(), email=each).status_code for each in spellings] == [429] * 4


def test_signing_in_well_does_not_count(new_browser, ada):
    assert {sign_in(new_browser()).status_code for _ in range(12)} == {303}


def test_a_forged_address_does_not_help(new_browser):
    def guess(number):
        return (
            new_browser()
            .post(
                "/signup",
                data={},
                headers={"X-Forwarded-For": f"10.0.{number // 250}.{number % 250}"},
            )
            .status_code
        )

    assert [guess(number) for number in range(301)] == [422] * 300 + [429]


def test_looking_at_the_form_is_free(new_browser):
    client = new_browser()
    assert {client.get("/signup").status_code for _ in range(25)} == {200}


class TestSwitchedOff:
    @pytest.fixture
    def environ(self):
        return {"RATELIMIT_ENABLED": "false"}

    def test_nothing_is_counted(self, new_browser, ada):
        assert {sign_in(new_browser(), password="wrong").status_code for _ in range(12)} == {422}


class TestRedisHangs:
    @pytest.fixture
    def environ(self):
        with socket.create_server(("127.0.0.1", 0)) as listener:
            yield {"REDIS_URL": f"redis://127.0.0.1:{listener.getsockname()[1]}/0"}

    def test_guessing_is_still_held_back_and_nobody_waits(self, new_browser, ada):
        limiter._storage_dead = False  # whatever the tests before have met
        client, statuses, slowest = new_browser(), [], 0.0
        for _ in range(11):
            start = time.perf_counter()
            statuses.append(sign_in(client, password="wrong").status_code)
            slowest = max(slowest, time.perf_counter() - start)
        assert statuses == [422] * 10 + [429]
        assert slowest < 4
