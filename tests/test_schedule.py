"""A heartbeat means that the lane's work was done."""

import pytest

from app import heartbeat, schedule


def works() -> int:
    return 3


def breaks() -> int:
    raise RuntimeError("broken")


@pytest.fixture
def lane(monkeypatch):
    """Gives the lane of deadlines these jobs."""
    return lambda *jobs: monkeypatch.setitem(schedule.LANES, "sweep", jobs)


def test_it_beats_when_every_job_is_done(app, lane):
    lane(works)
    assert schedule.run("sweep") == {"tests.test_schedule.works": 3}
    assert heartbeat.last("sweep")


@pytest.mark.parametrize("jobs", [[breaks], [breaks, works]])
def test_it_does_not_beat_when_a_job_failed_but_does_the_others(app, lane, jobs):
    lane(*jobs)
    assert len(schedule.run("sweep")) == len(jobs) - 1
    assert heartbeat.last("sweep") is None


def test_an_operator_who_sweeps_is_told_of_a_job_that_failed(app, lane):
    lane(breaks, works)
    result = app.test_cli_runner().invoke(args=["sweep"])
    assert result.exit_code == 1
    assert "tests.test_schedule.works: 3" in result.output
    assert "1 of the jobs failed" in result.output
