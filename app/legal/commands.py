import click
from flask import Flask

from app.config import settings
from app.legal import operator


def init_app(app: Flask) -> None:
    app.cli.add_command(check_legal)


@click.command("check-legal")
def check_legal() -> None:
    """Say what the legal pages still need from the settings. Exits with 1 if they do."""
    if warning := operator.warning(settings()):
        raise click.ClickException(warning)
    click.echo("The settings that every operator needs are there. The texts are yours to check.")
