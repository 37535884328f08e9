"""Nearly every test makes an application, and nearly all of that time Werkzeug compiles its routes.

What it compiles for a route depends on nothing but the route, so here it is done once a process.
"""

from collections.abc import Callable
from typing import Any

from werkzeug.routing import Rule

compile_builder = Rule._compile_builder
compiled: dict[tuple[Any, ...], Callable[..., Any]] = {}


def compile_once(rule: Rule, append_unknown: bool = True) -> Callable[..., Any]:
    converters = tuple((name, type(each)) for name, each in rule._converters.items())
    defaults = tuple((rule.defaults or {}).items())
    key = (rule.rule, tuple(rule._trace), converters, defaults, append_unknown)
    if key not in compiled:
        compiled[key] = compile_builder(rule, append_unknown)
    return compiled[key]


def install() -> None:
    """From now on, for every application of this process."""
    Rule._compile_builder = compile_once  # type: ignore[method-assign,assignment]
