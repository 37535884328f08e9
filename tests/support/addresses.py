"""An address for every route there is."""

from collections.abc import Iterator

from flask import Flask
from werkzeug.routing import AnyConverter, IntegerConverter, Rule


def addresses(app: Flask, text: str = "x") -> Iterator[str]:
    """What can be looked at. Ids are 1, names are `text`; where few words may stand, it is one."""
    adapter = app.url_map.bind("localhost")
    for rule in app.url_map.iter_rules():
        if "GET" in (rule.methods or ()) and rule.endpoint != "static":
            values = {name: _value(rule, name, text) for name in rule.arguments}
            yield adapter.build(rule.endpoint, values)


def _value(rule: Rule, name: str, text: str) -> object:
    converter = rule._converters[name]
    if isinstance(converter, IntegerConverter):
        return 1
    return min(converter.items) if isinstance(converter, AnyConverter) else text
