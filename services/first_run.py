"""The first steps of a new workspace: what is done shows from what is there, not from what was pressed."""

from dataclasses import dataclass

from models import Mapping, Organisation, Posting, Readiness, Setting, Settlement, Workspace
from services import bookkeeping, readiness, settings, xero_tokens
from services.audit import Actor
from services.core.plans import Plan
from services.database import write_txn
from services.parts import Parts

STEPS = ("business", "connection", "settlements", "mapping", "preview")
TAX_ROWS = "sales_tax_rows"  # the one thing about VAT that Xero cannot know


@dataclass(frozen=True)
class FirstRun:
    """How far the first steps are; ``done`` holds the names of those that are done."""

    done: frozenset[str]
    is_left: bool  # not to be shown any more

    @property
    def next(self) -> str:
        """The first step that is not done; empty when all are."""
        return next((name for name in STEPS if name not in self.done), "")

    def state_of(self, step: str) -> str:
        """done, now or later."""
        return "done" if step in self.done else "now" if step == self.next else "later"


def progress() -> FirstRun:
    return _progress(Workspace.get_by_id(1))


def on_home() -> FirstRun | None:
    """As Home shows them; None once they are put away."""
    workspace = Workspace.get_by_id(1)
    return None if workspace.first_steps_left_at else _progress(workspace)


def _progress(workspace: Workspace) -> FirstRun:
    done = {
        "business": _is_business_clear(),
        "connection": xero_tokens.row().state == xero_tokens.CONNECTED and _organisation() is not None,
        "settlements": Settlement.select().exists(),
        "mapping": Mapping.select().exists() and not _is_mapping_wanted(),
        "preview": workspace.first_preview_at is not None or Posting.select().exists(),
    }
    return FirstRun(frozenset(name for name in STEPS if done[name]), workspace.first_steps_left_at is not None)


def onward() -> FirstRun | None:
    """For the line that leads back to the first steps from other pages; None once they are done or left."""
    found = on_home()
    return found if found and found.next else None


def _organisation() -> Organisation | None:
    """The connected organisation's facts; another one's do not count."""
    return Organisation.get_or_none(Organisation.id == 1) if bookkeeping.books().is_synced else None


def _is_business_clear() -> bool:
    """Either somebody said how Amazon's Tax rows are booked, or the question does not arise."""
    organisation = _organisation()
    asked = Setting.select().where(Setting.name == TAX_ROWS).exists()
    return asked or (organisation is not None and not organisation.pays_tax)


def _is_mapping_wanted() -> bool:
    """Asked as things stand now: what was kept from before a mapping was saved does not count."""
    readiness.bring_up_to_date(readiness.AT_ONCE)
    waits = (Readiness.status == "needs_mapping") & (Readiness.code == "needs_mapping")
    waits &= Readiness.basis == readiness.basis()
    return Readiness.select().where(waits).exists()


# --- what the steps show ----------------------------------------------------------------------


@dataclass(frozen=True)
class Business:
    """What Xero says of the business (None before it is connected), and what it cannot know."""

    organisation: Organisation | None
    chosen: str
    choices: dict[str, str]
    is_chosen: bool


def business() -> Business:
    definition = settings.DEFINITIONS[TAX_ROWS]
    said = Setting.get_or_none(Setting.name == TAX_ROWS)
    return Business(_organisation(), settings.value(TAX_ROWS), definition.choices, said is not None)


def first_settlement() -> Settlement | None:
    """The settlement to preview first: one that is ready, else any in hand, else any; the oldest of them."""
    readiness.bring_up_to_date(readiness.AT_ONCE)
    ready = Settlement.select().join(Readiness).where(Readiness.status == "ready")
    in_hand = Settlement.select().where(Settlement.state.in_(readiness.WAITING))
    for some in (ready, in_hand, Settlement.select()):
        found = some.order_by(Settlement.start_date, Settlement.settlement_id).first()
        if found:
            return found
    return None


def settlements_here() -> int:
    """How many settlements are here already."""
    return Settlement.select().count()


def preview_shown(parts: Parts, plan: Plan) -> None:
    """Remembers when a whole preview was first seen; one with open questions is not the end of the way."""
    if not plan.problems and Workspace.get_by_id(1).first_preview_at is None:
        Workspace.update(first_preview_at=parts.clock.now()).where(Workspace.id == 1).execute()


# --- leaving and coming back ------------------------------------------------------------------


def leave(parts: Parts, actor: Actor) -> None:
    """The steps are not shown on Home any more, for nobody of the workspace."""
    _set_left(parts.clock.now(), actor.name)


def bring_back() -> None:
    _set_left(None, None)


def _set_left(at, by: str | None) -> None:
    with write_txn():
        Workspace.update(first_steps_left_at=at, first_steps_left_by=by).where(Workspace.id == 1).execute()
