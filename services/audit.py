"""The audit log: who did what, when, from where, written in the transaction of the change."""

from dataclasses import dataclass
from datetime import datetime

from models import AuditEntry

# Every action and the facts it must carry; a call with other facts is a mistake of ours.
ACTIONS: dict[str, set[str]] = {
    "user.created": {"email", "role"},
    "user.signed_in": set(),
    "user.signed_out": set(),
    "user.sign_in_refused": {"account"},
    "xero.connected": {"organisation"},
    "xero.disconnected": {"organisation"},
    "xero.reconnect_required": {"reason"},
    "keys.rotated": {"key", "resealed"},
    "reference_data.synced": {"counts"},
    "contact.chosen": {"marketplace", "before", "after"},
    "job.run_by_hand": {"job"},
    "going_live.copied": {"source", "users", "mappings", "rules"},
    "mapping.saved": {"category", "marketplace", "account_code", "tax_type", "tracking", "before"},
    "mappings.suggested": {"categories"},
    "line_type.classified": {"line_type", "category"},
    "line_type.rule_removed": {"line_type", "category"},
    "setting.changed": {"name", "before", "after"},
    "settlement.received": {"file", "total", "number"},
    "settlement.corrected_file": {"file", "total"},
    "settlement.file_used": {"file", "before", "after"},
    "settlement.booked_elsewhere": {"reason"},
    "settlement.booked_here": set(),
    "settlement.removed": {"file", "number", "total"},
    "difference_line.added": {"amount", "account_code", "reason"},
    "difference_line.removed": {"amount"},
    "posting.started": {"kind", "number", "total"},
    "posting.posted": {"number", "document_id"},
    "posting.unsure": {"reason"},
    "posting.failed": {"reason", "xero_words"},
    "posting.rolled_back": {"number", "document_id"},
    "posting.rollback_refused": {"reason", "xero_words"},
    "posting.others_make_way": {"numbers", "documents"},
    "posting.repost_stopped": {"reason"},
    "posting.ended_in_xero": {"number", "document_id"},
    "posting.names_another": {"number", "document_id", "before"},
    "document.seen": {"status", "reason"},
    "integrity.repairing": {"kind", "voids", "numbers", "keeps"},
    "number.retired": {"number", "instead"},
    "samples.loaded": {"settlements"},
}


@dataclass(frozen=True)
class Actor:
    """Who acts: a signed-in user, the command line, or a job; and from which address."""

    name: str
    address: str = ""


COMMAND_LINE = Actor("command line")


def record(actor: Actor, action: str, subject: str, now: datetime, **facts) -> None:
    """Appends one entry; call it inside the transaction that makes the change."""
    expected = ACTIONS[action]
    if set(facts) != expected:
        raise ValueError(f"{action} must carry {sorted(expected)}, not {sorted(facts)}")
    AuditEntry.create(at=now, actor=actor.name, action=action, subject=subject, facts=facts, address=actor.address)


def about(subject: str) -> list[AuditEntry]:
    """Everything recorded about one subject, the latest first."""
    return list(AuditEntry.select().where(AuditEntry.subject == subject).order_by(AuditEntry.id.desc()))
