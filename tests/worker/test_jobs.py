"""What comes through the queue."""

import signal

import pytest
from rq.job import Job
from rq.serializers import JSONSerializer

from app import heartbeat

pytestmark = pytest.mark.processes


class TestPoison:
    @pytest.fixture
    def database_url(self, sqlite):
        """Poison is in the queue, not in the database."""
        return sqlite.fresh()

    def test_it_stops_nothing(self, app, worker, valkey, a_job_runs):
        running = worker()
        queue = app.extensions["broker"].queue
        queue.enqueue("app.no_such_module.run")
        queue.enqueue("app.heartbeat.no_such_function")
        queue.enqueue(heartbeat.beat, "too", "many", "arguments", {"for": "it"})
        queue.enqueue("os.kill", 0, int(signal.SIGKILL))  # the job's own group of processes
        queue.enqueue("time.sleep", 60, job_timeout=1)
        valkey.client.rpush(queue.key, "no-such-job")
        broken = Job.create("time.sleep", [0], connection=valkey.client, serializer=JSONSerializer)
        broken.save()
        valkey.client.hset(broken.key, "data", b"not what JSON looks like")
        queue.push_job_id(broken.id)

        assert a_job_runs()
        assert valkey.client.llen(queue.key) == 0
        assert running.process.poll() is None
