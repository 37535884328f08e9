"""Reading a request: JSON and the address, checked as strictly as they are described."""

from typing import Any

from flask import request
from flask_babel import gettext as _
from pydantic import BaseModel, ValidationError

from app.api.schemas import Nothing, Query
from app.errors import Refusal
from app.web.problems import Fault, NotAsDescribed


class Malformed(Refusal):
    """The request cannot be read at all."""

    status = 400


class WrongMediaType(Refusal):
    """The body is not JSON, or does not say so."""

    status = 415


def body(model: type[BaseModel] | None) -> BaseModel:
    """The body as the model describes it. Malformed, WrongMediaType or NotAsDescribed if it is not.

    Where nothing is described, nothing may come, or an empty object.
    """
    sent = request.get_data(cache=True)
    if model is None and not sent:
        return Nothing()
    if not request.is_json:
        raise WrongMediaType(_("Send JSON, with the header Content-Type: application/json."))
    try:
        return (model or Nothing).model_validate_json(sent)
    except ValidationError as error:
        errors = error.errors(include_url=False, include_context=True)
        if errors[0]["type"] == "json_invalid":
            reason = errors[0]["ctx"]["error"]
            raise Malformed(_("That is not JSON: %(reason)s.", reason=reason)) from None
        raise NotAsDescribed(
            [Fault(detail=_words(each), pointer=_pointer(each["loc"])) for each in errors]
        ) from None


def query(model: type[Query] | None) -> Query | None:
    """What follows the `?`. NotAsDescribed if a name is unknown or twice, or a value is wrong."""
    twice = [name for name in request.args if len(request.args.getlist(name)) > 1]
    if twice:
        raise NotAsDescribed([Fault(detail=_("Give this once."), parameter=name) for name in twice])
    try:
        checked = (model or Query).model_validate(request.args.to_dict())
    except ValidationError as error:
        raise NotAsDescribed(
            [
                Fault(detail=_words(each), parameter=str(each["loc"][0]) if each["loc"] else None)
                for each in error.errors(include_url=False)
                if each["type"] != "none_required"  # what may be left out could be None, too
            ]
        ) from None
    return checked if model else None


def _pointer(place: tuple[int | str, ...]) -> str:
    """RFC 6901: the slashes and tildes of a name are escaped."""
    return "".join("/" + str(name).replace("~", "~0").replace("/", "~1") for name in place)


def _words(error: Any) -> str:
    """Pydantic's own words, which tell a programmer what is expected."""
    words = str(error["msg"]).removeprefix("Value error, ")
    return words if words.endswith(".") else f"{words}."
