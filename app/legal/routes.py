"""The pages that say who runs this site and by which rules."""

from typing import Any

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.accounts.access import anyone
from app.config import settings
from app.legal import facts, operator, texts
from app.legal.texts import Text
from app.web.languages import language

bp = Blueprint("legal", __name__)


@bp.get("/imprint")
@anyone
def imprint() -> ResponseReturnValue:
    """Who runs this site, and how to reach them."""
    return _page(texts.IMPRINT)


@bp.get("/terms")
@anyone
def terms() -> ResponseReturnValue:
    """Who agrees what with whom, and what follows from it."""
    return _page(texts.TERMS, **facts.of_terms())


@bp.get("/privacy")
@anyone
def privacy() -> ResponseReturnValue:
    """What is stored about people, why, and for how long."""
    return _page(texts.PRIVACY, **facts.of_privacy())


@bp.get("/fees")
@anyone
def fees() -> ResponseReturnValue:
    """Who pays what, with examples that are computed like the prices."""
    return _page(texts.FEES, **facts.of_fees())


@bp.get("/ranking")
@anyone
def ranking() -> ResponseReturnValue:
    """Why what stands first stands first."""
    return _page(texts.RANKING, **facts.of_ranking())


@bp.get("/accessibility")
@anyone
def accessibility() -> ResponseReturnValue:
    """What was done so that everybody can use the site, and whom to tell if it was not enough."""
    return _page(texts.ACCESSIBILITY)


def _page(text: Text, **said: Any) -> ResponseReturnValue:
    return render_template(
        "legal/page.html",
        text=text,
        body=f"legal/{text.name}.{language()}.html",
        missing=[name for name in operator.missing(settings()) if name in text.needs],
        for_operator=_is_operator(),
        settings=settings(),
        **said,
    )


def _is_operator() -> bool:
    """Who tries the site out is one, too: in development nobody else is there."""
    return not settings().is_production or (current_user.is_authenticated and current_user.is_admin)
