"""The web server: `gunicorn -c gunicorn.conf.py wsgi:app`. GUNICORN_CMD_ARGS overrides any line."""

import os
import sys

from app.config import ConfigError, load
from app.legal import operator

try:
    settings = load()
except ConfigError as error:
    sys.exit(f"ticketbay cannot start.\n{error}")

# In development the secrets are known to everybody, so only this machine may connect.
bind = f"{'0.0.0.0' if settings.is_production else '127.0.0.1'}:{settings.port}"

# Each worker builds its own app: no connection, lock or thread crosses a fork.
preload_app = False
worker_class = "gthread"
workers = settings.web_concurrency
threads = settings.web_threads

# A worker accepts up to 1,000 kept-alive connections by default, so one could take them all while
# the others idle; but at its limit it accepts nobody new until an idle one has timed out.
worker_connections = 8 * threads
keepalive = 100  # longer than a PaaS router keeps its end, which must be the first to close

timeout = 30
graceful_timeout = 20  # a PaaS kills 30 seconds after SIGTERM

# The workers' heartbeat is a file; on a busy disk it would come late and they would be killed.
if os.access("/dev/shm", os.W_OK):
    worker_tmp_dir = "/dev/shm"

forwarded_allow_ips = ""  # whose headers are believed is decided once, by PROXY_HOPS
control_socket_disable = True  # it lies in the home folder, where two instances collide
accesslog = None  # the router in front logs requests


def when_ready(server):
    """Once, however many workers there are."""
    if settings.is_production and (warning := operator.warning(settings)):
        server.log.warning(warning)
