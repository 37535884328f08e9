"""The commands of an operator that belong to no single feature. `flask --help` lists all."""

import click
from flask import Flask

from app import invariants, schedule


def init_app(app: Flask) -> None:
    app.cli.add_command(sweep)
    app.cli.add_command(check_invariants)


@click.command("sweep")
def sweep() -> None:
    """Do now what the worker does every few seconds: deadlines, Stripe, refunds, deliveries."""
    for lane in schedule.LANES:
        for name, count in schedule.run(lane).items():
            click.echo(f"{name}: {count}")


@click.command("check-invariants")
def check_invariants() -> None:
    """Look for what must never be. Names the rows, and exits with 1 if there are any."""
    broken = invariants.broken()
    for invariant, rows in broken.items():
        click.echo(f"{invariant}: {', '.join(rows)}")
    if broken:
        raise SystemExit(1)
    click.echo(f"{len(invariants.queries())} invariants hold.")
