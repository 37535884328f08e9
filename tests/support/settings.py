"""Settings as a test wants them: nothing from the machine's environment."""

from app.config import Settings, load

NO_REDIS = "redis://127.0.0.1:1/0"  # nothing listens there: what must work without, does


def settings_for(database_url: str, **environ: str) -> Settings:
    """Development settings for this database, and whatever variables the test names."""
    return load({"DATABASE_URL": database_url, "REDIS_URL": NO_REDIS, **environ})
