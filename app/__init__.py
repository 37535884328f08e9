"""ticketbay. `create_app()` is the table of contents."""

from flask import Flask
from flask_migrate import Migrate

from app import (
    accounts,
    api_document,
    catalog,
    cli,
    config,
    db,
    health,
    integrations,
    jobs,
    legal,
    listings,
    orders,
    outbox,
    payments,
    site_files,
    sitemap,
    styleguide,
    web,
)
from app.config import Settings
from app.reactions import TABLE


def create_app(settings: Settings | None = None) -> Flask:
    """The application. ConfigError if the environment does not make sense."""
    settings = settings or config.load()
    app = Flask(__name__, template_folder="../templates", static_folder="../static")
    app.config.update(TICKETBAY=settings, SECRET_KEY=settings.secret_key)

    cli.init_app(app)
    db.init_app(app, settings)
    Migrate(app, db.db, compare_type=True, render_as_batch=True)
    jobs.init_app(app, settings)
    outbox.delivery.init_app(app, TABLE)
    web.init_app(app, settings)

    for feature in (accounts, catalog, listings, orders, payments, legal):
        feature.init_app(app)
    integrations.init_app(app, settings)
    health.init_app(app)
    api_document.init_app(app)
    site_files.init_app(app)
    sitemap.init_app(app)
    styleguide.init_app(app)
    accounts.access.check_every_route_is_declared(app)
    return app
