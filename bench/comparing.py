"""Two sizes of one database, asked the same in turns, and what came out of it."""

import hashlib
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from time import perf_counter, process_time

from flask import Flask
from sqlalchemy import func, select

from app.db import db
from bench.questions import Question, gist_of, size_of


@dataclass
class Comparison:
    """One question, in milliseconds of a processor: the quickest answer of each round.

    What else runs on the machine only ever makes an answer slower, never quicker.
    """

    name: str
    answers: tuple[int, int] = (0, 0)  # how much each size answers
    gists: tuple[str, str] = ("", "")
    small_ms: list[float] = field(default_factory=list)
    large_ms: list[float] = field(default_factory=list)

    @property
    def speeds(self) -> list[float]:
        """By round: how fast the large one is, of the small one's speed."""
        return [small / large for small, large in zip(self.small_ms, self.large_ms, strict=True)]

    @property
    def speed(self) -> float:
        return median(self.speeds)

    @property
    def answers_alike(self) -> bool:
        """Whether the two do the same work: as much to answer."""
        return self.answers[0] >= 0.9 * self.answers[1]


class Pair:
    """The small and the large marketplace with the same questions."""

    def __init__(self, small: Flask, large: Flask, ask: dict[str, tuple[Question, Question]]):
        self._apps = small, large
        self._ask = ask
        self.comparisons = {name: Comparison(name) for name in ask}

    def look(self) -> None:
        """Ask each once, and keep what came out."""
        for name, questions in self._ask.items():
            looks = [self._look(app, ask) for app, ask in zip(self._apps, questions, strict=True)]
            self.comparisons[name].answers = looks[0][0], looks[1][0]
            self.comparisons[name].gists = looks[0][1], looks[1][1]

    def measure(self, seconds: float, least: int) -> None:
        """One round: each question by turns of small and large, for so long and so many times."""
        for name, questions in self._ask.items():
            times: tuple[list[float], list[float]] = ([], [])
            began, number = perf_counter(), 0
            while number < least or perf_counter() - began < seconds:
                for app, question, mine in zip(self._apps, questions, times, strict=True):
                    mine.append(self._time(app, question, number))
                number += 1
            self.comparisons[name].small_ms.append(min(times[0]) * 1000)
            self.comparisons[name].large_ms.append(min(times[1]) * 1000)

    def _look(self, app: Flask, question: Question) -> tuple[int, str]:
        with app.app_context():
            answer = question.ask(0)
            return size_of(answer), hashlib.sha256(gist_of(answer).encode()).hexdigest()

    def _time(self, app: Flask, question: Question, number: int) -> float:
        """In seconds, with a connection in hand and nothing remembered from the last time."""
        with app.app_context():
            on_sqlite = db.session.connection().dialect.name == "sqlite"
            server = None if on_sqlite else db.session.scalar(select(func.pg_backend_pid()))
            began = _busy(server)
            question.ask(number)
            return _busy(server) - began


def _busy(server: int | None) -> float:
    """Seconds for which this process and the server's have had a processor.

    All lies in memory, so that is how long an answer takes when nothing else runs. Only
    Linux tells it of others, to the nanosecond.
    """
    seconds = process_time()
    if server:
        seconds += int(Path(f"/proc/{server}/schedstat").read_text().split()[0]) / 1e9
    return seconds
