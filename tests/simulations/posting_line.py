"""The line to a ledger of the simulation: it has the client's methods, spoils calls, and lets requests arrive late."""

import random
from dataclasses import dataclass
from datetime import timedelta

from services.errors import NotConnected
from services.xero import errors, many, payloads
from services.xero.documents import Document
from tests.simulations.posting_ledger import KEY_LIVES, Ledger


@dataclass
class Late:
    """A request that is still on its way."""

    at: object
    apply: object


# "before": nothing was done; "after": it was done; "late": it is done some time after the answer, or silence.
WRITE_FAULTS = (
    "lost before", "lost after", "late", "429", "500 before", "500 after", "500 late", "503", "401", "not sent",
    "unreadable before", "unreadable after", "unreadable late", "kill before", "kill after")
READ_FAULTS = (
    "lost before", "429", "500 before", "503", "401", "not sent", "unreadable before", "kill before", "kill after")
REMEMBERED = ("500 before", "500 after")  # Xero answers the repeated key with its error


class Line:
    """What a client of one organisation reaches; an organisation that was left is reached no more."""

    def __init__(self, ledger: Ledger, world, chance: random.Random, spoiled: float, tenant_id: str = ""):
        self.ledger, self.world, self.chance, self.spoiled = ledger, world, chance, spoiled
        self.tenant_id = tenant_id
        self.under_way: list[Late] = []
        self.creates = self.calls = 0
        self.creates_status = "DRAFT"
        self.script: list[str] = []  # what becomes of the next writes, where a schedule is directed

    # --- services.xero.client.XeroClient ---------------------------------------------------

    def find_documents(self, kind: str, key: str) -> list[Document]:
        return self._read(lambda: self.ledger.carrying(kind, key))

    def documents_numbered(self, kind: str, number: str) -> list[Document]:
        return self._read(lambda: [each for each in self.ledger.of_list(kind) if each.number == number])

    def numbers_beginning(self, kind: str, prefix: str) -> list[str]:
        return self._read(lambda: [
            each.number for each in self.ledger.of_list(kind) if each.number.startswith(prefix)])

    def get_document(self, kind: str, document_id: str) -> Document:
        return self._read(lambda: self.ledger.get(kind, document_id))

    def create_document(self, kind: str, payload: str, key: str) -> Document:
        self.creates += 1
        self.world.intent_is_written(payload)
        status = self.creates_status
        return self._write(lambda: self.ledger.create(kind, payload, key, self.world.now(), status),
                           lambda error: self.ledger.remember(key, self.world.now(), payload, error))

    def change(self, to: str, kind: str, document_id: str, number: str = "") -> Document:
        self.world.change_was_intended(self.ledger, to, document_id)
        return self._write(lambda: self.ledger.change(to, kind, document_id, number))

    def delete_draft(self, kind: str, document_id: str) -> Document:
        return self._write(lambda: self.ledger.change("deleted", kind, document_id))

    # --- services.xero.many ----------------------------------------------------------------

    def listed(self, kind: str, words: str, statuses=(), changed_since=None) -> list[Document]:
        return self._read(lambda: [
            each for each in self.ledger.of_list(kind)
            if words in f"{each.number} {each.reference}" and (not statuses or each.status in statuses)
            and (changed_since is None or each.updated_at >= changed_since)])

    def find(self, kind: str, keys) -> dict[str, list[Document]]:
        return self._read(lambda: {key: self.ledger.carrying(kind, key) for key in keys})

    def by_ids(self, ids: list[str]) -> list[Document]:
        return self._read(lambda: [self.ledger.documents[each] for each in ids if each in self.ledger.documents])

    def create_many(self, kind: str, bodies: list[str], key: str) -> list[many.Answer]:
        self.creates += len(bodies)
        for body in bodies:
            self.world.intent_is_written(body)
        together = payloads.together(kind, bodies)
        status = self.creates_status
        return self._write(lambda: self._all_created(kind, bodies, key, together, status),
                           lambda error: self.ledger.remember(key, self.world.now(), together, error))

    def _all_created(self, kind: str, bodies: list[str], key: str, together: str, status: str) -> list[many.Answer]:
        known = self.ledger.remembered.get(key)
        if known and self.world.now() - known[0] < KEY_LIVES:
            if isinstance(known[2], Exception):
                raise known[2]
            return known[2]
        made = [_each(lambda body=body: self.ledger.create(kind, body, "", self.world.now(), status))
                for body in bodies]
        self.ledger.remember(key, self.world.now(), together, made)
        return made

    def change_many(self, to: str, kind: str, named: list[tuple[str, str]]) -> list[many.Answer]:
        for document_id, _ in named:
            self.world.change_was_intended(self.ledger, to, document_id)
        return self._write(
            lambda: [_each(lambda one=one: self.ledger.change(to, kind, *one)) for one in named])

    # --- what becomes of a call --------------------------------------------------------------

    def _read(self, do) -> object:
        return self._call(do, READ_FAULTS)

    def _write(self, do, remember=lambda error: None) -> object:
        return self._call(do, WRITE_FAULTS, remember)

    def _call(self, do, faults, remember=lambda error: None) -> object:
        self.calls += 1
        self.world.boundary()
        self.world.deliver()
        self._is_let_in()
        fault = self._fault(faults)
        if fault == "kill before":
            self.world.die()
        answer = None if fault in NOT_DONE else self._answered(do)
        if fault in REMEMBERED:
            remember(FAULTS[fault]())
        if fault in NOT_DONE:
            if fault.endswith("late"):
                self.under_way.append(Late(self.world.now() + timedelta(seconds=self.chance.uniform(1, 2000)), do))
            self.world.boundary(seconds=30 if fault in ("lost before", "late") else 0.2)
            raise FAULTS[fault]()
        self.world.boundary()
        if fault == "kill after":
            self.world.die()
        if fault.endswith("after"):
            raise FAULTS[fault]()
        if isinstance(answer, errors.XeroError):
            raise answer
        return answer

    def _is_let_in(self) -> None:
        """Another organisation was connected meanwhile, or Xero turns this one away for a while."""
        if self.tenant_id and self.world.tenant_id != self.tenant_id:
            raise NotConnected("The workspace was connected to another organisation meanwhile. Start again.")
        self.world.weather.turns_away(self.world.now())

    def _fault(self, faults) -> str:
        if self.script and faults is WRITE_FAULTS:
            return self.script.pop(0)
        return self.chance.choice(faults) if self.chance.random() < self.spoiled else ""

    def _answered(self, do) -> object:
        try:
            return do()
        except errors.XeroError as error:
            return error

    def deliver(self) -> None:
        """What was late arrives when its time has come; nobody waits for its answer any more."""
        due = sorted((each for each in self.under_way if each.at <= self.world.now()), key=lambda each: each.at)
        for each in due:
            self.under_way.remove(each)
            self._answered(each.apply)


def _each(do) -> many.Answer:
    try:
        return do()
    except errors.Rejected as rejected:
        return rejected
    except errors.NotFoundInXero:
        return errors.Rejected(["An existing Invoice with the specified InvoiceID could not be found"])


FAULTS = {
    "lost before": errors.NoAnswer, "lost after": errors.NoAnswer, "late": errors.NoAnswer,
    "429": lambda: errors.RateLimited("minute", 20), "500 before": errors.ServerError,
    "500 after": errors.ServerError, "500 late": errors.ServerError, "503": errors.Unavailable,
    "401": errors.TokenExpired, "not sent": errors.NotSent,
    "unreadable before": errors.Unreadable,  # a web page of whatever stands between
    "unreadable after": errors.Unreadable,  # an answer that was cut off
    "unreadable late": errors.Unreadable,
}  # fmt: skip
NOT_DONE = {fault for fault in FAULTS if not fault.endswith("after")}


class Weather:
    """For a while Xero takes no call at all: the day's limit, a lowered role (403), or access taken back (403)."""

    KINDS = ("day", "role", "revoked")

    def __init__(self, chance: random.Random, began, often: float):
        self.kind = chance.choice(self.KINDS) if chance.random() < often else ""
        self.begins = began + timedelta(seconds=chance.uniform(0, 90))
        self.ends = self.begins + timedelta(seconds=chance.uniform(20, 1500))
        self.was_felt = False

    def clear_up(self) -> None:
        self.kind = ""

    def turns_away(self, now) -> None:
        """What a call is answered."""
        if not self.kind or not self.begins <= now < self.ends:
            return
        self.was_felt = True
        if self.kind == "day":
            raise errors.RateLimited("day", int((self.ends - now).total_seconds()) + 1)
        raise errors.AccessRefused if self.kind == "role" else errors.OrganisationGone

    def holds_back(self, now) -> None:
        """What is known before a call: the stored hour, or that a person must reconnect."""
        if not (self.kind and self.was_felt and self.begins <= now < self.ends):
            return
        if self.kind == "day":
            raise errors.RateLimited("day", int((self.ends - now).total_seconds()) + 1, asked=False)
        if self.kind == "revoked":
            raise NotConnected("TrueBooks was disconnected at Xero. Go to Settings → Account and reconnect Xero.")
