"""The legal pages: complete where the operator is, honest where not."""

import logging
import re
import runpy
from types import SimpleNamespace

import pytest

from app import clock, create_app
from app.config import ROOT
from app.legal import operator, texts
from app.legal.texts import TEXTS
from app.listings.filters import EVENT_SORTS, OFFER_SORTS
from app.web.languages import LANGUAGES
from tests.support.settings import settings_for

pytestmark = pytest.mark.thorough

OPERATOR = {
    "OPERATOR_NAME": "Test Club e.V.",
    "OPERATOR_ADDRESS": "Test Street 1; 04109 Leipzig; Germany",
    "CONTACT_EMAIL": "help@example.org",
    "OPERATOR_PHONE": "+49 341 123456",
    "DATA_PROCESSORS": "Test Hosting, Leipzig (servers)",
    "OPERATOR_REPRESENTED_BY": "The Test Board",
    "OPERATOR_REGISTER": "Amtsgericht Leipzig, VR 1",
    "OPERATOR_VAT_ID": "DE123456789",
    "OPERATOR_AUTHORITY": "The Test Authority",
    "OPERATOR_EDITOR": "The Test Editor",
    "PRIVACY_CONTACT": "privacy@example.org",
    "DISPUTE_BODY": "The Test Arbiters",
    "ACCESSIBILITY_AUTHORITY": "The Test Inspectors",
}
PRODUCTION = {
    "ENVIRONMENT": "production",
    "SECRET_KEY": "x" * 32,
    "PUBLIC_URL": "https://tickets.example.org",
    "STRIPE_SECRET_KEY": "sk_test_of_ours",
    "STRIPE_WEBHOOK_SECRET": "whsec_of_ours",
    "WEB_CONCURRENCY": "1",
}
NOT_FILLED_IN = "has not filled this in yet"


@pytest.fixture
def site(database_url):
    """A visitor to a site with these variables: `site(CONTACT_EMAIL="a@example.org")`."""
    return lambda **environ: create_app(settings_for(database_url, **environ)).test_client()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("text", TEXTS, ids=lambda text: text.name)
def test_everybody_reads_each_text_in_each_language(app, text, language):
    answer = app.test_client().get(f"/{text.name}?lang={language}")
    assert answer.status_code == 200
    assert f'<html lang="{language}">' in answer.text
    assert answer.text.count("<h1>") == 1
    assert text.as_of <= clock.now().date()


@pytest.mark.parametrize("path", ["/", "/no/such/page", "/signin"])
def test_each_page_leads_to_each_text(app, path):
    page = app.test_client().get(path).text
    footer = page.partition('<footer class="foot">')[2]
    for text in TEXTS:
        assert f'href="/{text.name}"' in footer


def test_a_page_that_broke_leads_to_them_too(app):
    with app.test_request_context("/"):
        page = app.jinja_env.get_template("errors/error.html").render(status=500)
    assert 'href="/imprint"' in page


def test_what_the_operator_has_said_stands_where_it_belongs(site):
    visitor = site(**OPERATOR)
    imprint, privacy = visitor.get("/imprint").text, visitor.get("/privacy").text
    for variable, value in OPERATOR.items():
        lines = [line.strip() for line in value.split(";")]
        pages = imprint + privacy + visitor.get("/accessibility").text
        assert all(line in pages for line in lines), variable
    assert "Test Street 1<br>04109 Leipzig<br>Germany" in re.sub(r"\s*<br>\s*", "<br>", imprint)
    for text in TEXTS:
        page = visitor.get(f"/{text.name}").text
        assert NOT_FILLED_IN not in page, text.name
        assert "not filled in yet" not in page, text.name


@pytest.mark.parametrize("text", TEXTS, ids=lambda text: text.name)
@pytest.mark.parametrize("variable", operator.NEEDED)
def test_what_is_missing_is_said_where_it_is_missed(site, text, variable):
    page = site(**{name: value for name, value in OPERATOR.items() if name != variable})
    shown = page.get(f"/{text.name}").text
    assert (NOT_FILLED_IN in shown) == (variable in text.needs)
    assert (f"Set {variable}." in shown) == (variable in text.needs)


def test_in_production_visitors_read_that_it_is_missing_but_no_variable(site):
    page = site(**PRODUCTION).get("/imprint", base_url=PRODUCTION["PUBLIC_URL"]).text
    assert NOT_FILLED_IN in page
    assert "OPERATOR_NAME" not in page
    assert "Only operators read this line" not in page


@pytest.mark.parametrize(("who", "reads"), [("admin", True), ("stranger", False)])
def test_administrators_are_told_which_variable_to_set(
    app, as_user, monkeypatch, request, who, reads
):
    client = as_user(request.getfixturevalue(who))
    live = app.config["TICKETBAY"].model_copy(
        update={"environment": "production", "public_url": "http://localhost"}
    )
    monkeypatch.setitem(app.config, "TICKETBAY", live)
    assert ("Set OPERATOR_NAME" in client.get("/imprint").text) == reads


def test_needed_is_what_the_texts_fill_in():
    filled_in = {variable for text in TEXTS for variable in text.needs}
    assert filled_in == set(operator.NEEDED)


def test_a_command_says_what_is_missing(app):
    done = app.test_cli_runner().invoke(args=["check-legal"])
    assert done.exit_code == 1
    assert f"set {', '.join(operator.NEEDED)}." in done.output


@pytest.mark.parametrize("environ", [OPERATOR], ids=["complete"])
def test_the_command_is_content_when_nothing_is_missing(app, environ):
    assert app.test_cli_runner().invoke(args=["check-legal"]).exit_code == 0


@pytest.mark.parametrize(
    ("environ", "warned"),
    [(PRODUCTION, True), (PRODUCTION | OPERATOR, False), ({}, False)],
    ids=["incomplete", "complete", "development"],
)
def test_the_web_server_warns_once_when_it_starts_in_production(
    monkeypatch, caplog, environ, warned
):
    variables = {"DATABASE_URL": "sqlite:///:memory:"} | environ
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    server = SimpleNamespace(log=logging.getLogger("gunicorn"))
    runpy.run_path(str(ROOT / "gunicorn.conf.py"))["when_ready"](server)
    assert ("set OPERATOR_NAME" in caplog.text) == warned


def test_an_operator_who_takes_part_in_no_arbitration_says_so(site):
    assert "neither willing nor obliged" in site().get("/imprint").text
    with_body = site(DISPUTE_BODY="The Test Arbiters").get("/imprint").text
    assert "neither willing nor obliged" not in with_body


@pytest.mark.parametrize("environ", [{"BUYER_FEE_BPS": "250"}], ids=["two and a half percent"])
def test_the_fee_is_the_one_that_is_charged(app, offer, as_user, buyer, environ):
    page = app.test_client().get("/fees").text
    assert "2.5%" in page
    listing = offer(price_cents=9990)
    shown = as_user(buyer).get(f"/listings/{listing.id}").text
    for amount in ("€99.90", "€2.50", "€102.40"):
        assert amount in page
        assert amount in shown
    assert "<td>2</td><td>€100.00</td><td>€2.50</td><td>€102.50</td>" in page


def test_without_a_fee_it_says_so(site):
    page = site(BUYER_FEE_BPS="0").get("/fees").text
    assert "There is no fee at the moment" in page
    assert "<td>€50.00</td><td>€0.00</td><td>€50.00</td>" in page


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_order_that_can_be_chosen_is_explained(app, language):
    page = app.test_client().get(f"/ranking?lang={language}").text
    explained = set(re.findall(r'<li id="((?:events|offers)-\w+)">', page))
    assert explained == {f"events-{name}" for name in EVENT_SORTS} | {
        f"offers-{name}" for name in OFFER_SORTS
    }


def test_an_offer_stands_where_its_price_and_age_put_it_whoever_sells(
    app, db, offer, event, person
):
    """What /ranking says of the offers of an event."""
    known, new = person("known"), person("new")
    dear = offer(price_cents=9000, seller=known, section="A")
    second = offer(price_cents=4000, seller=new, section="B", face_value_cents=2000)
    third = offer(price_cents=4000, seller=known, section="C", tickets=4)
    first = offer(price_cents=3999, seller=new, section="D")

    def order(query=""):
        page = app.test_client().get(f"/events/{event.slug}{query}").text
        return [int(number) for number in re.findall(r'id="listing-(\d+)"', page)]

    assert order() == [first.id, second.id, third.id, dear.id]
    assert order("?sort=newest") == [first.id, third.id, second.id, dear.id]


def test_a_reservation_holds_as_long_as_the_terms_say(site):
    assert "For 15 minutes nobody else" in site().get("/terms").text
    assert "For 90 seconds nobody else" in site(ORDER_HOLD_SECONDS="90").get("/terms").text
    assert "Für 15 Minuten kann" in site().get("/terms?lang=de").text


def test_links_within_the_texts_lead_to_headings(app):
    client = app.test_client()
    for text in TEXTS:
        for language in LANGUAGES:
            page = client.get(f"/{text.name}?lang={language}").text
            for path, anchor in re.findall(r'href="/(\w+)#([\w-]+)"', page):
                assert f'id="{anchor}"' in client.get(f"/{path}?lang={language}").text


def test_the_texts_are_named_once():
    assert len({text.name for text in TEXTS}) == len(TEXTS)
    assert all(getattr(texts, text.name.upper()) is text for text in TEXTS)
