from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from flask_babel import lazy_gettext as _l
from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app import clock
from app.db import Model


class Category(StrEnum):
    """What kind of an event it is. `label` is what people read."""

    CONCERT = "concert"
    SPORT = "sport"
    THEATRE = "theatre"
    COMEDY = "comedy"
    FESTIVAL = "festival"
    FAMILY = "family"
    OTHER = "other"

    @property
    def label(self) -> str:
        return str(_CATEGORY_LABELS[self])


_CATEGORY_LABELS = {
    Category.CONCERT: _l("Concert"),
    Category.SPORT: _l("Sport"),
    Category.THEATRE: _l("Theatre"),
    Category.COMEDY: _l("Comedy"),
    Category.FESTIVAL: _l("Festival"),
    Category.FAMILY: _l("Family"),
    Category.OTHER: _l("Other"),
}


class EventStatus(StrEnum):
    SCHEDULED = "scheduled"
    POSTPONED = "postponed"
    CANCELLED = "cancelled"


class Venue(Model):
    """Where it happens. `name_key` and `city_key` are folded, so that one venue is one row."""

    __tablename__ = "venues"
    __table_args__ = (UniqueConstraint("name_key", "city_key", "country"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    name_key: Mapped[str]
    street: Mapped[str | None]
    city: Mapped[str]
    city_key: Mapped[str]
    country: Mapped[str]  # ISO 3166-1 alpha-2
    timezone: Mapped[str] = mapped_column(index=True)  # IANA, such as Europe/Berlin

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)


class Event(Model):
    """What people visit. `starts_at` is UTC and shown in the venue's zone.

    `city_key` repeats the venue's, because a filter by city sorted by date needs
    both in one index. `search_words` are the folded words a search looks in.
    """

    __tablename__ = "events"
    __table_args__ = (
        CheckConstraint("status IN ('scheduled', 'postponed', 'cancelled')", name="status"),
        Index("ix_events_soonest", "starts_at", "id"),
        Index("ix_events_city", "city_key", "starts_at", "id"),
        Index("ix_events_category", "category", "starts_at", "id"),
        Index("ix_events_newest", "created_at", "id"),
        Index("ix_events_city_newest", "city_key", "created_at", "id"),
        Index("ix_events_category_newest", "category", "created_at", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)
    title: Mapped[str]
    category: Mapped[str]
    venue_id: Mapped[int] = mapped_column(ForeignKey("venues.id"), index=True)
    city_key: Mapped[str]
    starts_at: Mapped[datetime]
    time_announced: Mapped[bool] = mapped_column(default=True)
    doors_at: Mapped[datetime | None]
    source_uid: Mapped[str | None] = mapped_column(unique=True)
    status: Mapped[str] = mapped_column(default=EventStatus.SCHEDULED)
    search_words: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(default=lambda: clock.now())
    changed_at: Mapped[datetime | None]  # the last time that it was not as entered any more

    venue: Mapped[Venue] = relationship(lazy="joined", innerjoin=True)

    @property
    def starts_at_local(self) -> datetime:
        """The start as the clock on the venue's wall shows it."""
        return self.starts_at.astimezone(self.venue.zone)

    @property
    def is_cancelled(self) -> bool:
        return self.status == EventStatus.CANCELLED

    def has_begun(self) -> bool:
        """Whether it is over for offering. Without a time, the whole day counts as ahead."""
        if not self.time_announced:
            return self.starts_at_local.date() < clock.now().astimezone(self.venue.zone).date()
        return self.starts_at <= clock.now()
