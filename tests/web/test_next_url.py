import pytest

from app.web.next_url import page_before, safe_next


@pytest.mark.parametrize("good", ["/account", "/signin?a=b&c=%2F", "/account#password"])
def test_a_page_of_ours_is_kept(app, good):
    assert safe_next(good) == good


@pytest.mark.parametrize(
    "bad",
    [
        None,
        "",
        "account",
        "//evil.example",
        "///evil.example",
        "////evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/account\\@evil.example",
        "https:evil.example",
        "https://evil.example/account",
        "javascript:alert(1)",
        "data:text/html,x",
        "/\t/evil.example",
        "/account\r\nSet-Cookie: a=b",
        "/account\n",
        "\x00/account",
        " /account",
        "/no/such/page",
        "/signout",  # changes something: cannot be looked at
        "/.//evil.example",
        "/%2F/evil.example",
        "/account//",
    ],
)
def test_anything_else_is_not(app, bad):
    assert safe_next(bad) is None


@pytest.mark.parametrize(
    ("referrer", "page"),
    [
        ("http://localhost/account?x=1", "/account?x=1"),
        ("http://localhost//evil.example", None),
        ("https://evil.example/account", None),
        ("http://localhost@evil.example/account", None),
        ("http://localhost", None),
        ("", None),
    ],
)
def test_the_page_before_is_ours_or_none(app, referrer, page):
    with app.test_request_context(headers={"Referer": referrer}):
        assert page_before() == page
