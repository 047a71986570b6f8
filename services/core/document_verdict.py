"""What a posted document's present state in Xero means for its settlement. Pure."""

from services.core.money import format_money
from services.core.posting_states import ENDED, Found, Wanted

POSTED, PAID, CHANGED = "posted", "paid", "changed_in_xero"
NOWHERE = "GONE"  # stands for Xero's status of a document that Xero does not know any more
GONE = (
    "Its document is not in Xero any more. Roll back here, then post again; or run the Xero Integrity Tools under "
    "Settings → Account."
)

RENAMED = "Its number or reference was edited in Xero. Repost puts it back as previewed."
VOIDED_LATE = (
    "It is voided in Xero: the rollback that Xero had not answered arrived there after all. Roll back to make "
    "it a draft here, or Repost to post it anew."
)


def stands(status: str | None) -> bool:
    """Whether a document of this status, in Xero's last word, is active there; taken for so while nothing is known."""
    return status not in (*ENDED, NOWHERE)


def verdict(wanted: Wanted, there: Found, lines_differ: bool) -> tuple[str, str]:
    """(status, reason): posted, paid, or changed in Xero with what was changed and what to do."""
    if there.status in ENDED:
        by_hand = "voided" if there.status == "VOIDED" else "deleted"
        return CHANGED, f"It was {by_hand} in Xero by hand. Roll back to make it a draft, or Repost to post it anew."
    if (there.total, there.tax) != (wanted.total, wanted.tax):
        return CHANGED, (
            f"It was edited in Xero: {format_money(there.total, wanted.currency)} with "
            f"{format_money(there.tax, wanted.currency)} tax instead of {format_money(wanted.total, wanted.currency)} "
            f"with {format_money(wanted.tax, wanted.currency)}. Repost puts it back as previewed."
        )
    if lines_differ:
        return CHANGED, "Its lines were edited in Xero. Repost puts them back as previewed."
    return (PAID, "") if there.status == "PAID" and there.total else (POSTED, "")
