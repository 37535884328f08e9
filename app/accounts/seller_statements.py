"""Whether somebody sells privately or as a trade, as they have said themselves."""

import re
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from app.accounts import addresses, vat_ids
from app.accounts.models import SellerKind, SellerStatement
from app.db import db
from app.errors import Invalid
from app.visible import in_one_line

LONGEST = 120
LONGEST_ADDRESS = 300
PHONE = re.compile(r"\+?[0-9][0-9 ()/.-]{4,29}")


@dataclass(frozen=True, kw_only=True)
class Business:
    """A trade as its buyers see it. Invalid, naming the field, if it cannot be one."""

    business_name: str
    address: str
    email: str
    phone: str
    vat_id: str
    register: str | None = None

    def __post_init__(self) -> None:
        self._set("business_name", _line(self.business_name, "business_name"))
        self._set("address", _lines(self.address))
        self._set("email", addresses.folded(self.email))
        self._set("phone", _line(self.phone, "phone"))
        self._set("register", _line(self.register, "register") or None)
        if not self.business_name:
            raise Invalid(_("Enter the name of the business."), field="business_name")
        if not self.address:
            raise Invalid(_("Enter street, town and country."), field="address")
        if not PHONE.fullmatch(self.phone):
            raise Invalid(_("Enter a phone number such as +49 341 123456."), field="phone")
        vat_id = vat_ids.folded(self.vat_id)
        if vat_id is None:
            raise Invalid(_("Enter a VAT number such as DE123456789."), field="vat_id")
        self._set("vat_id", vat_id)

    def _set(self, name: str, value: Any) -> None:
        object.__setattr__(self, name, value)  # it is frozen for everybody else


def latest_of(user_id: int, at: datetime | None = None) -> SellerStatement | None:
    """What holds now, or what held then. None if nothing was said yet."""
    statements = select(SellerStatement).where(SellerStatement.user_id == user_id)
    if at:
        statements = statements.where(SellerStatement.stated_at <= at)
    return db.session.scalar(statements.order_by(SellerStatement.id.desc()).limit(1))


def sell_privately(user_id: int) -> None:
    """From now on they sell privately."""
    _state(user_id, kind=SellerKind.PRIVATE)


def sell_as_trade(user_id: int, business: Business) -> None:
    """From now on they sell as this trade."""
    _state(user_id, kind=SellerKind.TRADE, **asdict(business))


def _state(user_id: int, **facts: Any) -> None:
    latest = latest_of(user_id)
    if latest and all(getattr(latest, name) == value for name, value in facts.items()):
        return  # said already: a second click is no change
    db.session.add(SellerStatement(user_id=user_id, **facts))
    db.session.flush()


def _line(text: str | None, field: str) -> str:
    return _short(in_one_line(text or ""), LONGEST, field)


def _lines(text: str) -> str:
    lines = map(in_one_line, text.splitlines())
    return _short("\n".join(filter(None, lines)), LONGEST_ADDRESS, "address")


def _short(text: str, longest: int, field: str) -> str:
    if len(text) > longest:
        raise Invalid(_("Use at most %(max)s characters.", max=longest), field=field)
    return text
