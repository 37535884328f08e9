"""What /readyz says about broker, sweep and database."""

import pytest
from sqlalchemy import text

from app import schedule
from app.db import transaction
from tests.support.processes import until

pytestmark = pytest.mark.processes


@pytest.fixture
def ready(app):
    """Asks: the status code and what the answer says."""
    client = app.test_client()

    def ask():
        answer = client.get("/readyz")
        return answer.status_code, answer.json

    return ask


def test_it_is_ok_once_a_worker_sweeps(ready, worker):
    assert ready()[1]["status"] == "degraded"
    worker()
    assert until(lambda: ready()[1]["status"] == "ok", seconds=5)
    assert ready()[0] == 200


@pytest.mark.parametrize("trouble", ["stop", "hang"])
def test_without_a_broker_it_is_degraded_and_still_serves(ready, valkey, trouble):
    schedule.run("sweep")
    assert ready()[1]["status"] == "ok"
    getattr(valkey, trouble)()
    status, answer = ready()
    assert (status, answer["status"], answer["redis"]) == (200, "degraded", "away")


def test_a_sweep_that_stopped_is_degraded(ready, later):
    schedule.run("sweep")
    later(minutes=1)
    status, answer = ready()
    assert (status, answer["status"], answer["redis"]) == (200, "degraded", "ok")
    assert answer["last_sweep_seconds_ago"] >= 59


def test_an_older_schema_is_not_ready(ready, db):
    head = db.session.scalar(text("SELECT version_num FROM alembic_version"))
    with transaction():
        db.session.execute(text("UPDATE alembic_version SET version_num = 'older'"))
    try:
        status, answer = ready()
        assert (status, answer["status"]) == (503, "down")
        assert "flask db upgrade" in answer["migrations"]
    finally:
        with transaction():  # the next test on PostgreSQL has the same database
            set_back = text("UPDATE alembic_version SET version_num = :head")
            db.session.execute(set_back, {"head": head})


class TestWithoutADatabase:
    @pytest.fixture(params=["postgresql://127.0.0.1:1/gone", "sqlite:///{}/gone.sqlite"])
    def database_url(self, request, tmp_path):
        return request.param.format(tmp_path)

    def test_it_is_down(self, ready):
        status, answer = ready()
        assert (status, answer["status"]) == (503, "down")
