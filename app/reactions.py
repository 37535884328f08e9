"""Who reacts to what: domain event -> the functions that are told, each alone and at least once."""

from collections.abc import Mapping, Sequence

from app.outbox.delivery import Reaction
from app.payments import reactions as payments

TABLE: Mapping[str, Sequence[Reaction]] = {
    "order.closing": (payments.finish_closing,),
    "refund.issued": (payments.send_refund,),
}
