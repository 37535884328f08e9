from sqlalchemy import func, select

from app.accounts import sessions
from app.accounts.models import UserSession
from app.db import transaction


def test_sessions_whose_time_is_over_are_forgotten(buyer, seller, db, later):
    with transaction():
        sessions.open_for(buyer)
    later(days=20)
    with transaction():
        sessions.open_for(seller)
    later(days=31)
    assert sessions.forget_expired() == 1
    assert sessions.forget_expired() == 0
    assert db.session.scalar(select(func.count()).select_from(UserSession)) == 1
