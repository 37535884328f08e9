"""The few rules of app.db on which every race rests."""

import contextlib

import pytest
from sqlalchemy import select

from app.accounts.models import User
from app.db import after_commit, changed, lock, move, transaction
from app.listings.models import Listing


def test_transactions_do_not_nest(app):
    with pytest.raises(AssertionError), transaction(), transaction():
        pass


def test_a_block_that_raises_changes_nothing(buyer, db):
    with contextlib.suppress(ZeroDivisionError), transaction():
        buyer.display_name = "Somebody else"
        db.session.flush()
        raise ZeroDivisionError
    assert db.session.get_one(User, buyer.id).display_name == "Buyer"


def test_a_lock_needs_a_transaction(app, buyer):
    with pytest.raises(AssertionError):
        lock(User, buyer.id)


def test_a_move_has_one_winner(listing):
    with transaction():
        assert move(listing, from_status="active", to_status="withdrawn") is True
        assert move(listing, from_status="active", to_status="withdrawn") is False
    assert listing.status == "withdrawn"


def test_callbacks_run_once_after_the_commit_and_never_after_a_rollback(app):
    heard = []
    with transaction():
        after_commit(heard.append, "a")
        after_commit(heard.append, "a")
        after_commit(heard.append, "b")
        assert heard == []
    assert heard == ["a", "b"]
    with contextlib.suppress(ZeroDivisionError), transaction():
        after_commit(heard.append, "c")
        raise ZeroDivisionError
    assert heard == ["a", "b"]


def test_a_callback_that_fails_does_not_undo_the_change(app, listing, db):
    def fail():
        raise RuntimeError

    with transaction():
        db.session.get_one(Listing, listing.id).section = "B"
        after_commit(fail)
    assert db.session.get_one(Listing, listing.id).section == "B"


def test_times_keep_their_zone_and_need_one(db, event):
    db.session.rollback()
    assert event.starts_at.utcoffset().total_seconds() == 0
    event.starts_at = event.starts_at.replace(tzinfo=None)
    with pytest.raises(Exception, match="without a zone"):
        db.session.flush()
    db.session.rollback()


def test_changed_counts_rows(app, db, listing):
    with transaction():
        assert changed(Listing.__table__.update().values(section="C")) == 1
    assert db.session.scalar(select(Listing.section)) == "C"
