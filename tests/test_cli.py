"""Every command says in one sentence what keeps it from the database."""

import pytest

from app import create_app
from app.config import ConfigError
from tests.support.settings import settings_for

COMMANDS = ("check-invariants", "seed-demo", "sweep", "incidents list", "cancel-event x")


def flask(command: str, database_url: str) -> tuple[int, str]:
    """The exit code and all that was printed."""
    app = create_app(settings_for(database_url))
    with app.app_context():
        done = app.test_cli_runner().invoke(args=command.split())
    return done.exit_code, done.output


@pytest.mark.parametrize("command", [*COMMANDS, "db upgrade"])
def test_a_database_that_does_not_answer_is_named_without_its_password(command):
    code, said = flask(command, "postgresql://bob:hunter2@127.0.0.1:1/x")
    assert code == 1
    assert said.count("\n") == 1, said
    assert "The database at 127.0.0.1 does not answer" in said
    assert "hunter2" not in said


@pytest.mark.parametrize("command", COMMANDS)
def test_a_database_without_tables_says_which_command_makes_them(command, tmp_path):
    code, said = flask(command, f"sqlite:///{tmp_path}/empty.sqlite")
    assert code == 1
    assert said.count("\n") == 1, said
    assert "flask db upgrade" in said


def test_help_needs_no_database():
    code, said = flask("create-admin --help", "postgresql://127.0.0.1:1/x")
    assert code == 0
    assert "Make an account" in said


def test_a_folder_that_cannot_be_made_gets_one_sentence(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(ConfigError, match=f"DATABASE_URL needs the folder {tmp_path}/file"):
        create_app(settings_for(f"sqlite:///{tmp_path}/file/x.sqlite"))
