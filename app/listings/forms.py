import unicodedata
from functools import cache
from typing import Any
from zoneinfo import available_timezones

from babel import Locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    DateTimeLocalField,
    HiddenField,
    IntegerField,
    SelectChoice,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length
from wtforms.validators import Optional as MayBeEmpty
from wtforms.widgets import HiddenInput

from app.catalog.local_time import is_country
from app.catalog.models import Category
from app.config import settings
from app.listings.editing import stock_of
from app.listings.models import HandoverMethod, Listing, SplitRule
from app.listings.seats import parse_seats, seats_text
from app.listings.terms import LONGEST_NOTES, LONGEST_PLACE
from app.money import amount_text, parse_cents
from app.web.forms import TOO_LONG, Form
from app.web.languages import language

LIKELY_COUNTRY = "DE"
LONGEST_SEATS = 300

SPLIT_RULES = [
    SelectChoice(SplitRule.ANY, _l("Any number")),
    SelectChoice(SplitRule.NO_SINGLE_LEFT, _l("Any number that leaves no single ticket")),
    SelectChoice(SplitRule.PAIRS, _l("Pairs only")),
    SelectChoice(SplitRule.TOGETHER, _l("All together")),
]
HANDOVER_METHODS = [
    SelectChoice(HandoverMethod.TRANSFER, _l("Transfer in the app they were bought in")),
    SelectChoice(HandoverMethod.PDF, _l("PDF by email")),
    SelectChoice(HandoverMethod.POST, _l("By post")),
    SelectChoice(HandoverMethod.IN_PERSON, _l("In person")),
]


class MoneyField(StringField):
    """`45`, `45.50`, `45,50` or `€45` as cents in `data`. Filled in as the language writes it."""

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = None
        if any(text.strip() for text in valuelist):
            self.data = parse_cents(valuelist[0], settings().currency)
        else:
            valuelist.clear()  # blanks are no input

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else amount_text(self.data, language())


class CountField(IntegerField):
    """A whole number."""

    def process_formdata(self, valuelist: list[str]) -> None:
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError(_("Enter a whole number, such as 2.")) from None


class DescriptionForm(Form):
    """What is said about an offer and its handover."""

    handover_method = SelectField(
        _l("How the buyer gets them"),
        choices=HANDOVER_METHODS,
        default=HandoverMethod.TRANSFER,
        validators=[InputRequired(_l("Choose how the tickets get to the buyer."))],
    )
    notes = TextAreaField(
        _l("Notes for everyone"), validators=[Length(max=LONGEST_NOTES, message=TOO_LONG)]
    )
    handover_notes = TextAreaField(
        _l("Notes for the buyer"), validators=[Length(max=LONGEST_NOTES, message=TOO_LONG)]
    )

    def description(self) -> dict[str, Any]:
        """What was entered, as `describe()` takes it."""
        return {
            "notes": self.notes.data,
            "handover_method": self.handover_method.data,
            "handover_notes": self.handover_notes.data,
        }


class TicketsForm(DescriptionForm):
    """The terms of an offer. What can be sold is decided by `terms`."""

    seats = StringField(_l("Seats"), validators=[Length(max=LONGEST_SEATS, message=TOO_LONG)])
    quantity = CountField(_l("Quantity"), validators=[MayBeEmpty()])
    section = StringField(_l("Section"), validators=[Length(max=LONGEST_PLACE, message=TOO_LONG)])
    row = StringField(_l("Row"), validators=[Length(max=LONGEST_PLACE, message=TOO_LONG)])
    price = MoneyField(
        _l("Price"), validators=[InputRequired(_l("Enter your price for one ticket."))]
    )
    face_value = MoneyField(_l("Printed on the ticket"), validators=[MayBeEmpty()])
    split_rule = SelectField(
        _l("How many may one buyer take"),
        choices=SPLIT_RULES,
        default=SplitRule.ANY,
        validators=[InputRequired(_l("Choose how the tickets may be split."))],
    )

    def terms(self) -> dict[str, Any]:
        """What was entered, as publish() and edit() take it. Invalid if seats make no sense."""
        return {
            "price_cents": self.price.data,
            "face_value_cents": self.face_value.data,
            "seats": parse_seats(self.seats.data) or None,
            "quantity": self.quantity.data,
            "section": self.section.data,
            "row": self.row.data,
            "split_rule": self.split_rule.data,
            **self.description(),
        }


class OfferForm(TicketsForm):
    """The terms of a new offer. Who has said before how they sell is not asked again."""

    sells_privately = BooleanField(
        _l("I sell privately, not as a trade"),
        validators=[InputRequired(_l("Tick this, or enter your business on your account first."))],
    )


class SellForm(OfferForm):
    """Tickets for an event that is there already: `event` is its slug."""

    event = HiddenField()


class NewEventForm(OfferForm):
    """Tickets and the event they are for. `another`: it is none of the likely duplicates."""

    title = StringField(_l("Event"), validators=[InputRequired(_l("Enter what is on."))])
    category = SelectField(
        _l("Category"),
        choices=lambda: [SelectChoice(category.value, category.label) for category in Category],
        validators=[InputRequired(_l("Choose a category."))],
    )
    starts_at = DateTimeLocalField(
        _l("Starts"),
        format=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"],
        validators=[InputRequired(_l("Enter the day and the time."))],
    )
    time_unknown = BooleanField(_l("The time is not announced yet"))
    venue = StringField(_l("Venue"), validators=[InputRequired(_l("Enter where it is."))])
    city = StringField(_l("City"), validators=[InputRequired(_l("Enter the city."))])
    country = SelectField(
        _l("Country"), default=LIKELY_COUNTRY, validators=[InputRequired(_l("Choose the country."))]
    )
    timezone = SelectField(_l("Time zone"), validators=[MayBeEmpty()])
    another = HiddenField()

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.country.choices = countries(language())
        self.timezone.choices = timezones(language())
        # Sent twice: by the hidden field, which remembers it, and by the button that says it.
        self.another.data = "yes" if any(self.another.raw_data or ()) else ""

    def entered_event(self) -> dict[str, Any]:
        """What was entered, as `entering.enter` takes it."""
        return {
            "title": self.title.data,
            "category": self.category.data,
            "starts_at": self.starts_at.data,
            "time_announced": not self.time_unknown.data,
            "venue": self.venue.data,
            "city": self.city.data,
            "country": self.country.data,
            "timezone": self.timezone.data or None,
        }


class EditForm(TicketsForm):
    """The offer as its seller saw it: in which `version`, with which `stock`."""

    version = IntegerField(widget=HiddenInput(), validators=[InputRequired()])
    stock = HiddenField()

    @classmethod
    def showing(cls, listing: Listing) -> "EditForm":
        """The form with the offer as it is now, whatever was sent."""
        tickets = listing.unsold
        seats = [ticket.seat for ticket in tickets if ticket.seat]
        return cls(
            formdata=None,
            data={
                "price": listing.price_cents,
                "face_value": listing.face_value_cents,
                "seats": seats_text(seats),
                "quantity": None if seats else len(tickets),
                "section": listing.section,
                "row": listing.row,
                "notes": listing.notes,
                "split_rule": listing.split_rule,
                "handover_method": listing.handover_method,
                "handover_notes": listing.handover_notes,
                "version": listing.version,
                "stock": stock_of(listing),
            },
        )


class EditDescriptionForm(DescriptionForm):
    """What may change while the rest may not, of the `version` that its seller saw."""

    version = IntegerField(widget=HiddenInput(), validators=[InputRequired()])


@cache
def countries(language: str) -> list[SelectChoice]:
    """All countries by their names in a language."""
    names = Locale(language).territories
    known = [SelectChoice(code, name) for code, name in names.items() if is_country(code)]
    return sorted(known, key=lambda country: _without_accents(country.label))


@cache
def timezones(language: str) -> list[SelectChoice]:
    """The zones that are named for a city, after one choice that says: the country's own."""
    zones = sorted(zone for zone in available_timezones() if zone.split("/")[0] in _CONTINENTS)
    named = [SelectChoice(zone, zone.replace("_", " ")) for zone in zones]
    return [SelectChoice("", _("The country's own")), *named]


_CONTINENTS = (
    *("Africa", "America", "Antarctica", "Arctic", "Asia"),
    *("Atlantic", "Australia", "Europe", "Indian", "Pacific"),
)


def _without_accents(name: str) -> str:
    """Österreich stands at O."""
    return unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().casefold()
