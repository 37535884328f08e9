"""Who reacts to what: domain event -> the functions that are told, each alone and at least once."""

from collections.abc import Mapping, Sequence

from app.outbox.delivery import Reaction

TABLE: Mapping[str, Sequence[Reaction]] = {}
