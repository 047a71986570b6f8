"""The first steps of a new workspace: what is done shows from what is there, not from what was pressed."""

from dataclasses import dataclass

from peewee import SQL, fn

from models import Mapping, Organisation, Posting, Readiness, Setting, Settlement, Workspace, XeroConnection
from services import bookkeeping, readiness, settings, xero_tokens
from services.audit import Actor
from services.core.plans import Plan
from services.database import GIVEN, Prepared, write_txn
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


_STATE = Prepared(lambda: Workspace.select(
    Workspace.first_steps_left_at.is_null(False), Workspace.first_preview_at.is_null(False),
    fn.EXISTS(Posting.select(SQL("1"))), fn.EXISTS(Settlement.select(SQL("1"))), fn.EXISTS(Mapping.select(SQL("1"))),
    fn.EXISTS(Setting.select(SQL("1")).where(Setting.name == TAX_ROWS)),
    Organisation.select(Organisation.pays_tax).where(Organisation.id == 1),
    XeroConnection.select(XeroConnection.state).where(XeroConnection.id == 1),
).where(Workspace.id == 1))  # fmt: skip  # in one go: pages that the steps lead to ask for all of it


def progress() -> FirstRun:
    return _progress(_STATE.first())


def on_home() -> FirstRun | None:
    """As Home shows them; None once they are put away."""
    state = _STATE.first()
    return None if state[0] else _progress(state)


def _progress(state: tuple) -> FirstRun:
    is_left, is_previewed, is_posted, is_any_here, is_any_mapped, is_asked, pays_tax, link = state
    is_synced = pays_tax is not None and bookkeeping.books().is_synced  # another organisation's facts do not count
    done = {
        # Either somebody said how Amazon's Tax rows are booked, or the question does not arise.
        "business": is_asked or (is_synced and not pays_tax),
        "connection": link == xero_tokens.CONNECTED and is_synced,
        "settlements": is_any_here,
        "mapping": is_any_mapped and not _is_mapping_wanted(),
        "preview": is_previewed or is_posted,
    }
    return FirstRun(frozenset(name for name in STEPS if done[name]), bool(is_left))


def onward() -> FirstRun | None:
    """For the line that leads back to the first steps from other pages; None once they are done or left."""
    found = on_home()
    return found if found and found.next else None


def _organisation() -> Organisation | None:
    """The connected organisation's facts; another one's do not count."""
    return Organisation.get_or_none(Organisation.id == 1) if bookkeeping.books().is_synced else None


_WAITS_FOR_A_MAPPING = Prepared(lambda: Readiness.select(Readiness.settlement).where(
    (Readiness.status == "needs_mapping") & (Readiness.code == "needs_mapping") & (Readiness.basis == GIVEN)
).limit(1))  # fmt: skip


def _is_mapping_wanted() -> bool:
    """Asked as things stand now: what was kept from before a mapping was saved does not count."""
    readiness.bring_up_to_date(readiness.AT_ONCE)
    return _WAITS_FOR_A_MAPPING.first(readiness.basis()) is not None


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
