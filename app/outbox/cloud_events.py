"""How a message looks outside: the attributes of CloudEvents 1.0."""

import json

from app.config import settings
from app.outbox.models import Message


def attributes_of(message: Message) -> dict[str, str]:
    """The message as texts, `data` as JSON. `dataversion` is ours: that of the type's fields."""
    return {
        "specversion": "1.0",
        "id": message.id,
        "source": settings().public_url,
        "type": message.type,
        "time": message.happened_at.isoformat().replace("+00:00", "Z"),
        "subject": message.subject,
        "datacontenttype": "application/json",
        "dataversion": str(message.version),
        "data": json.dumps(message.data, ensure_ascii=False, separators=(",", ":")),
    }
