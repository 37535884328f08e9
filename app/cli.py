"""The commands: what they have in common, and those that belong to no single feature.

`flask --help` lists all.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import click
from flask import Flask
from flask.cli import AppGroup
from sqlalchemy.exc import SQLAlchemyError

from app import health, invariants, schedule


class Commands(AppGroup):
    """Whichever command cannot use the database, it is said in one sentence."""

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        if name != "db":  # that one makes the tables, and migrations/env.py speaks for it
            context.with_resource(_troubles_in_a_sentence())
        return super().get_command(context, name)


def init_app(app: Flask) -> None:
    """The first of all, because the others add their commands to these."""
    app.cli = Commands(app.name)
    app.cli.add_command(sweep)
    app.cli.add_command(check_invariants)


@click.command("sweep")
def sweep() -> None:
    """Do now what the worker does every few seconds: deadlines, Stripe, refunds, deliveries."""
    if trouble := health.trouble_with_database():
        raise click.ClickException(trouble)
    failed = 0
    for lane, jobs in schedule.LANES.items():
        done = schedule.run(lane)
        for name, count in done.items():
            click.echo(f"{name}: {count}")
        failed += len(jobs) - len(done)
    if failed:
        raise click.ClickException(f"{failed} of the jobs failed: see above.")


@click.command("check-invariants")
def check_invariants() -> None:
    """Look for what must never be. Names the rows, and exits with 1 if there are any."""
    broken = invariants.broken()
    for invariant, rows in broken.items():
        click.echo(f"{invariant}: {', '.join(rows)}")
    if broken:
        raise SystemExit(1)
    click.echo(f"{len(invariants.queries())} invariants hold.")


@contextmanager
def _troubles_in_a_sentence() -> Iterator[None]:
    try:
        yield
    except SQLAlchemyError:
        if trouble := health.trouble_with_database():
            raise click.ClickException(trouble) from None
        raise
