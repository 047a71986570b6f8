"""The workspace's settings: what each means, what it may be, what it is."""

import re
from dataclasses import dataclass
from datetime import date

from models import Account, Setting, Workspace
from services import audit
from services.audit import Actor
from services.database import GIVEN, Prepared, write_txn
from services.errors import NotFound, Refused
from services.parts import Parts


@dataclass(frozen=True)
class Definition:
    """One setting: its default, its choices with a word on each, and which of them come later."""

    label: str
    explanation: str
    default: str
    choices: dict[str, str]
    later: frozenset[str] = frozenset()


DEFINITIONS: dict[str, Definition] = {
    "lines": Definition(
        "Lines of the document",
        "How finely a settlement is broken out.",
        "line_type",
        {
            "line_type": "One line for each kind of charge (Commission, FBA fulfilment fee, …)",
            "category": "One line for each category (Selling fees, FBA fees, …)",
        },
    ),
    "sales_tax_rows": Definition(
        "Amazon's Tax rows",
        "Where the tax a buyer paid goes, which Amazon shows in rows of its own.",
        "fold",
        {
            "fold": "Into the sale they belong to: 100.00 + 20.00 becomes 120.00 holding 20.00 of VAT. "
            "The VAT return shows the VAT your buyers paid.",
            "own_account": "Into an account of their own, without tax. The VAT return then shows only what is "
            "worked out on the net sale: ask your accountant before you choose this.",
        },
    ),
    "post_as": Definition(
        "Post as",
        "What a settlement becomes in Xero. Changing it changes what is posted from now on; what is posted stays.",
        "invoice",
        {
            "invoice": "A sales invoice: it waits for the deposit on the bank account and is matched with it",
            "manual_journal": "A manual journal against the clearing account below: no contact, nothing to be paid, "
            "in the organisation's own currency only. Match the deposit to the clearing account yourself.",
        },
    ),
    "negative_as": Definition(
        "Negative settlements",
        "What a settlement becomes when you owe Amazon: Xero has no invoice below zero, so every sign is turned.",
        "credit_note",
        {
            "credit_note": "A credit note: number and reference stay unique in Xero",
            "bill": "A bill, as A2X and Link My Books make it: Xero lets bills share a number, so only TrueBooks "
            "watches over doubles; it has no reference, so its number says both",
        },
    ),
    "document_status": Definition(
        "Documents are",
        "How a document stands in Xero after posting.",
        "authorised",
        {
            "authorised": "Approved, ready to be matched with the bank line",
            "draft": "Drafts, for you to approve in Xero: until then they are in no report and on no VAT return",
        },
    ),
    "clearing_account": Definition(
        "Clearing account",
        "The account that balances manual journals, where the deposit is then matched. Its code, such as 610; only "
        "needed when you post manual journals.",
        "",
        {},
    ),
    "start_date": Definition(
        "Start date",
        "The day you began to post from here. Settlements dated before it count as booked elsewhere and are never "
        "posted; leave it empty to post whatever is taken in.",
        "",
        {},
    ),
}
NUMBER_PREFIX = "AMZ-TB-"


_VALUE = Prepared(lambda: Setting.select(Setting.value).where(Setting.name == GIVEN))


def value(name: str) -> str:
    """The setting's value, its default when it was never changed."""
    changed = _VALUE.first(name)
    return changed[0] if changed else DEFINITIONS[name].default


def values() -> dict[str, str]:
    """All settings as the command line names them, ``next_number`` included."""
    changed = {row.name: row.value for row in Setting.select()}
    settings = {name: changed.get(name, definition.default) for name, definition in DEFINITIONS.items()}
    return settings | {"next_number": str(Workspace.get_by_id(1).next_number)}


def change(parts: Parts, name: str, new: str, actor: Actor) -> str:
    """Sets ``name`` to ``new`` and returns it. Raises NotFound or Refused in words."""
    if name != "next_number" and name not in DEFINITIONS:
        raise NotFound(f"There is no setting “{name}”. There are: {', '.join([*DEFINITIONS, 'next_number'])}.")
    new = new.strip()
    before = values()[name]
    if name == "next_number":
        _check_next_number(new)
    else:
        _check_choice(name, new)
    with write_txn():
        now = parts.clock.now()
        if name == "next_number":
            Workspace.update(next_number=int(new)).where(Workspace.id == 1).execute()
        else:
            Setting.replace(name=name, value=new, changed_at=now, changed_by=actor.name).execute()
        if before != new:
            audit.record(actor, "setting.changed", "workspace", now, name=name, before=before, after=new)
    return new


def _check_choice(name: str, new: str) -> None:
    definition = DEFINITIONS[name]
    if new == definition.default:
        return
    if name == "start_date":
        _check_date(new)
    elif new in definition.later or "*" in definition.later:
        raise Refused(f"“{name}” can only be “{definition.default}” in this version: “{new}” is not built yet.")
    elif name == "clearing_account":
        _check_clearing_account(new)
    elif new not in definition.choices:
        raise Refused(f"“{name}” can be {' or '.join(definition.choices)}, not “{new}”.")


def _check_date(new: str) -> None:
    try:
        real = date.fromisoformat(new).isoformat() == new
    except ValueError:
        real = False
    if not real:
        raise Refused(f"The start date must be a day such as 2026-04-01, not “{new}”.")


def _check_clearing_account(code: str) -> None:
    account = Account.get_or_none((Account.code == code) & Account.gone_at.is_null())
    if account is None or account.status != "ACTIVE":
        raise Refused(f"There is no active account {code} in Xero. Press Sync from Xero, or choose another one.")
    if account.type == "BANK" or account.system_account:
        raise Refused(
            f"{code} – {account.name} is a bank account or one of Xero's own: manual journals cannot use it. Choose "
            "a current asset or liability account, or make one in Xero and press Sync from Xero.")


def _check_next_number(new: str) -> None:
    if not re.fullmatch(r"[1-9]\d{0,8}", new, re.ASCII):
        raise Refused(f"The next number must be a whole number from 1 to 999,999,999, such as 10001, not “{new}”.")
    used = Workspace.get_by_id(1).highest_number or 0
    if int(new) <= used:
        raise Refused(
            f"Number {NUMBER_PREFIX}{used} was given already, here or in Xero: the next can be {used + 1} or higher."
        )
