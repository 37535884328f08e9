"""Commands of the catalog."""

from pathlib import Path

import click
from flask.cli import with_appcontext

from app.catalog.entries import BadEntry, UnreadableFile
from app.catalog.files import read_events
from app.catalog.importing import Defaults, Outcome, import_entries
from app.catalog.local_time import is_country, zone_named
from app.catalog.models import Category
from app.errors import Invalid


def _a_timezone(_context: click.Context, _option: click.Parameter, name: str | None) -> str | None:
    try:
        return zone_named(name).key if name else None
    except Invalid as invalid:
        raise click.BadParameter(str(invalid)) from None


def _a_country(_context: click.Context, _option: click.Parameter, code: str | None) -> str | None:
    if code and not is_country(code.upper()):
        raise click.BadParameter(f"“{code}” is not a country code. Write it like DE.")
    return code and code.upper()


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--timezone", callback=_a_timezone, help="of venues whose zone the file leaves open")
@click.option("--country", callback=_a_country, help="of venues whose country it leaves open")
@click.option(
    "--category",
    type=click.Choice([category.value for category in Category]),
    default=Category.OTHER.value,
    help="of entries without one",
)
@click.option(
    "--weeks-later",
    type=click.IntRange(0, 520),
    default=0,
    help="move every entry ahead, at the same local time, for a rehearsal",
)
@with_appcontext
def import_events(
    file: Path, timezone: str | None, country: str | None, category: str, weeks_later: int
) -> None:
    """Import the events of an iCalendar or CSV file, as docs/importing-events.md describes."""
    defaults = Defaults(timezone, country, category, weeks_later)
    try:
        outcomes = import_entries(
            read_events(file), defaults, refused=_name_refused, progress=_show_progress
        )
    except UnreadableFile as error:
        raise click.ClickException(f"{file} cannot be imported: {error}") from error
    click.echo(", ".join(f"{outcomes[outcome]} {outcome}" for outcome in Outcome))


def _name_refused(entry: BadEntry) -> None:
    name = f" “{_shown(entry.name, 60)}”" if entry.name else ""
    click.echo(f"line {entry.line}{name}: {_shown(entry.reason, 200)}", err=True)


def _shown(text: str, longest: int) -> str:
    """On one line, which says nothing to the terminal itself."""
    line = " ".join(text[: 2 * longest].split())
    signs = "".join(sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in line)
    return signs if len(signs) <= longest else f"{signs[: longest - 1]}…"


def _show_progress(done: int) -> None:
    click.echo(f"{done} entries read", err=True)
