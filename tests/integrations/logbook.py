"""Another consumer, which writes down what it sees in its order: python logbook.py log.sqlite."""

import os
import sqlite3
import sys
import time

import redis

STREAM = "ticketbay:events"
broker = redis.Redis.from_url(os.environ["REDIS_URL"], decode_responses=True)
log = sqlite3.connect(sys.argv[1])
log.execute("CREATE TABLE IF NOT EXISTS seen (id UNIQUE, subject, data)")
after = "0"
while True:
    try:
        answer = broker.xreadgroup("logbook", "one", {STREAM: after}, count=3, block=500)
        entries = dict(answer or {}).get(STREAM, [])
        for entry, event in entries:
            with log:
                values = "(:id, :subject, :data)"
                log.execute(f"INSERT OR IGNORE INTO seen VALUES {values}", event)
            broker.xack(STREAM, "logbook", entry)
        after = after if entries else ">"
    except redis.ResponseError as error:
        if "NOGROUP" in str(error):
            broker.xgroup_create(STREAM, "logbook", id="0", mkstream=True)
    except redis.RedisError:
        time.sleep(0.1)
