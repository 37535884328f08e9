"""What the features' `api.py` have in common: the conventions of the JSON API under /api/v1.

An operation is declared once, by `operation()`: what it takes, what it answers, what can go wrong.
The same declaration reads the request, writes the answer and describes both in the document.
"""

from app.api.blueprints import PREFIX, api_blueprint
from app.api.operations import Answer, kept, operation
from app.api.schemas import Input, Output, Query

__all__ = ["PREFIX", "Answer", "Input", "Output", "Query", "api_blueprint", "kept", "operation"]
