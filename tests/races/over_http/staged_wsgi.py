"""What `wsgi.py` serves, staged."""

from app import create_app
from tests.races.over_http.staging import stage

stage()
app = create_app()
