"""The document as it was sent, as a plan: its lines from what was kept, Amazon's rows behind them found again. Pure."""

from dataclasses import dataclass, replace

from services.core.books import Books
from services.core.plan_lines import CLEARING, PlanLine
from services.core.plans import Kind, Plan
from services.core.settlement import Group


@dataclass(frozen=True)
class Sent:
    """What was frozen when the button was pressed; ``lines`` as services/posting_intents.line_facts gives them."""

    kind: Kind
    number: str
    reference: str
    contact: str
    date: str  # YYYY-MM-DD
    due_date: str  # empty where the kind has none
    currency: str
    total: int
    stays_draft: bool
    lines: list[dict]


def as_sent(sent: Sent, now: Plan, books: Books) -> Plan:
    """``now`` is the settlement's plan as it stands; what comes to zero there was left out of the document too."""
    lines = tuple(_line(line, sent, now, books) for line in sent.lines)
    told = {line.description for line in lines}
    left_out = tuple(line for line in now.lines if not line.gross and line.description not in told)
    return replace(
        now, kind=sent.kind, number=sent.number, reference=sent.reference, contact=sent.contact, date=sent.date,
        due_date=sent.due_date, currency=sent.currency, total=sent.total, stays_draft=sent.stays_draft,
        lines=lines + left_out, problems=())  # fmt: skip


def _line(line: dict, sent: Sent, now: Plan, books: Books) -> PlanLine:
    account, rate = books.accounts.get(line["account_code"]), books.tax_rates.get(line["tax_type"])
    tracking = tuple((category, option) for category, option in line.get("tracking") or ())
    alike = _alike(line, tracking, sent, now)
    is_balance = sent.kind == "manual_journal" and line is sent.lines[-1] and not sent.total
    return PlanLine(
        description=line["description"],
        category=CLEARING if is_balance else alike[0].category if alike else "",
        account_code=line["account_code"],
        account_name=account.name if account else "",
        tax_type=line["tax_type"],
        tax_name=rate.name if rate else "",
        tracking=tracking,
        gross=line["gross"],
        tax=line["tax"],
        net=line["gross"] - line["tax"],
        groups=_groups(line, alike, sent),
        tracking_names=tuple(books.tracking.get(each, "") for each in tracking),
    )


def _alike(line: dict, tracking: tuple, sent: Sent, now: Plan) -> list[PlanLine]:
    """The lines of today's plan that say the same: the one mapped alike, else all of them if it stood alone."""
    described = [each for each in now.lines if each.description == line["description"]]
    mapped = (line["account_code"], line["tax_type"], tracking)
    exact = [each for each in described if (each.account_code, each.tax_type, each.tracking) == mapped]
    stood_alone = sum(each["description"] == line["description"] for each in sent.lines) == 1
    if exact and _groups(line, exact, sent):
        return exact
    return described if stood_alone else exact


def _groups(line: dict, alike: list[PlanLine], sent: Sent) -> tuple[Group, ...]:
    """Amazon's groups behind the line; none where they come to another sum (another file counts since)."""
    groups = tuple(group for each in alike for group in each.groups)
    sign = 1 if sent.kind == "invoice" else -1
    return groups if sign * sum(group.amount for group in groups) == line["gross"] else ()
