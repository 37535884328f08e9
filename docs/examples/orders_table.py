"""Keeps a table of all orders up to date: python orders_table.py orders.sqlite. Needs redis-py."""

import json
import os
import sqlite3
import sys
import time

import redis

STREAM, GROUP, ME = os.environ.get("EVENT_STREAM", "ticketbay:events"), "orders-table", "one"
broker = redis.Redis.from_url(os.environ["REDIS_URL"], decode_responses=True)
table = sqlite3.connect(sys.argv[1])
table.execute("CREATE TABLE IF NOT EXISTS seen (id PRIMARY KEY)")
table.execute("CREATE TABLE IF NOT EXISTS orders (id PRIMARY KEY, listing, quantity, status)")


def take_over(event: dict) -> None:
    with table:  # the table and what it has seen change together
        is_new = table.execute("INSERT OR IGNORE INTO seen VALUES (?)", [event["id"]]).rowcount
        if is_new and event["type"].startswith("order."):
            row = "(:order_id, :listing_id, :quantity, :status)"
            table.execute(f"INSERT OR REPLACE INTO orders VALUES {row}", json.loads(event["data"]))


after = "0"  # first what was handed to us and not acknowledged, then ">": what is new
while True:
    try:
        answer = broker.xreadgroup(GROUP, ME, {STREAM: after}, count=100, block=2000)
        entries = dict(answer or {}).get(STREAM, [])
        for entry, event in entries:
            if event:  # else it was trimmed before we came to it
                take_over(event)
            broker.xack(STREAM, GROUP, entry)
        after = after if entries else ">"
    except redis.ResponseError as error:
        if "NOGROUP" in str(error):  # the first start, or Redis was emptied: all over again
            broker.xgroup_create(STREAM, GROUP, id="0", mkstream=True)
    except redis.RedisError:
        time.sleep(1)  # Redis is away
