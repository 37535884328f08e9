"""One set of migrations makes the tables the models describe, on both databases."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask_migrate import downgrade, upgrade

from app.catalog.search_index import is_described_by_models
from tests.support.databases import MIGRATIONS

OPTIONS = {"compare_type": True, "include_object": is_described_by_models}


def test_the_migrations_make_what_the_models_describe(app, db):
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts=OPTIONS)
        assert compare_metadata(context, db.metadata) == []


def test_every_migration_goes_down_and_up_again_with_data_in_it(app, db, listing):
    db.session.remove()
    downgrade(directory=MIGRATIONS, revision="base")
    upgrade(directory=MIGRATIONS)
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts=OPTIONS)
        assert compare_metadata(context, db.metadata) == []
