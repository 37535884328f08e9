"""What `worker.py` runs, staged; the children it spawns import this file, too."""

import worker
from app.config import load
from tests.races.over_http.staging import stage

stage()

if __name__ == "__main__":
    worker.main(load())
