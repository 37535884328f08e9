"""Settings as a test wants them: nothing from the machine's environment."""

from app.config import Settings, load

NO_REDIS = "redis://127.0.0.1:1/0"  # nothing listens there: what must work without, does
THREADS = "16"  # a database connection for each that a test starts


def settings_for(database_url: str, **environ: str) -> Settings:
    """Development settings for this database, and whatever variables the test names."""
    defaults = {"DATABASE_URL": database_url, "REDIS_URL": NO_REDIS, "WEB_THREADS": THREADS}
    return load(defaults | environ)
