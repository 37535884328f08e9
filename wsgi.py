"""The web process: `gunicorn wsgi:app`. `flask COMMAND` finds the app here, too."""

import sys

from app import create_app
from app.config import ConfigError

try:
    app = create_app()
except ConfigError as error:
    sys.exit(f"ticketbay cannot start.\n{error}")
