"""Many documents in few calls: up to 50 to a write, a thousand to a page of a look, each answered for itself."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime

from services.xero import answers, documents, errors, payloads
from services.xero.client import ACTIVE_STATUSES, XeroClient, change_fields
from services.xero.documents import RESOURCES, Document, Resource

MOST_TO_A_WRITE = 50  # Xero's advice (xero.md 3.2)
MOST_IDS = 40  # more make the address too long (xero.md 3.2)
PAGE = "1000"
OUR_PREFIX = "AMZ-TB-"

ACTIVE = ("DRAFT", "SUBMITTED", "AUTHORISED", "PAID")

Answer = Document | errors.Rejected


def create(client: XeroClient, kind: str, bodies: list[str], idempotency_key: str) -> list[Answer]:
    """Creates them in one call, each refused or made for itself; in the order of ``bodies``, by their numbers."""
    resource = RESOURCES[kind]
    body = payloads.together(kind, bodies)
    answer = client.write("PUT", f"{resource.path}?summarizeErrors=false", body, idempotency_key)
    return _each(resource, answer, resource.number, [payloads.number_of(kind, each) for each in bodies])


def change(client: XeroClient, to: str, kind: str, named: list[tuple[str, str]]) -> list[Answer]:
    """Brings documents (id, new number) to ``to`` in one call, each refused or done for itself, in order."""
    resource = RESOURCES[kind]
    elements = [{resource.id: document_id, **change_fields(to, kind, number)} for document_id, number in named]
    answer = client.write("POST", f"{resource.path}?summarizeErrors=false", {resource.path: elements})
    return _each(resource, answer, resource.id, [document_id for document_id, _ in named])


def _each(resource: Resource, answer: object, name: str, expected: list[str]) -> list[Answer]:
    """Each element by its own ``name`` (its number, its id): nothing promises that answers keep the order."""
    elements = answers.elements_of(answer, resource.path)
    if len(elements) != len(expected):
        raise errors.Unreadable(xero_words=f"{len(elements)} documents in the answer instead of {len(expected)}")
    return [_one(resource, element) for element in _in_order(elements, name, expected)]


def _in_order(elements: list[dict], name: str, expected: list[str]) -> list[dict]:
    """A refused element may come without its name: it is told by its place, where all others stand in theirs."""
    told = [answers.text(each, name).casefold() for each in elements]
    wanted = [each.casefold() for each in expected]
    if all(there in ("", asked) for there, asked in zip(told, wanted, strict=True)):
        return elements
    by_name = dict(zip(told, elements, strict=True))
    if sorted(told) != sorted(wanted) or len(by_name) != len(wanted):
        raise errors.Unreadable(xero_words="documents in the answer that were not asked for")
    return [by_name[each] for each in wanted]


def _one(resource: Resource, element: dict) -> Answer:
    try:
        return documents.read_document(element, resource)
    except errors.Rejected as rejected:
        return rejected


def find(client: XeroClient, kind: str, keys: Iterable[str]) -> dict[str, list[Document]]:
    """The active documents of each settlement key, lines included, read by the thousand."""
    wanted = {key.upper(): key for key in keys}
    found: dict[str, list[Document]] = defaultdict(list)
    for prefix in sorted({key.partition("-")[0] for key in wanted}):
        for document in _with_lines(client, kind, list(_ours(client, kind, f"{prefix}-", wanted))):
            for key in documents.keys_of(document) & wanted.keys():
                found[wanted[key]].append(document)
    return found


def _ours(client: XeroClient, kind: str, prefix: str, wanted: dict[str, str]) -> Iterator[Document]:
    for document in listed(client, kind, prefix, ACTIVE):
        if document.status in ACTIVE_STATUSES and documents.keys_of(document) & wanted.keys():
            yield document


def listed(
    client: XeroClient, kind: str, words: str, statuses: Iterable[str] = (), changed_since: datetime | None = None
) -> Iterator[Document]:
    """Documents whose number or reference holds ``words``; invoices and bills come without their lines."""
    resource = RESOURCES[kind]
    query = {"pageSize": PAGE, **_condition(resource, words)}
    if resource is documents.INVOICES:
        query |= {"summaryOnly": "true", **({"Statuses": ",".join(statuses)} if statuses else {})}
    with errors.asking():
        for page in client.pages(resource.path, query, changed_since):
            for element in page:
                yield documents.read_document(element, resource)


def _condition(resource: Resource, words: str) -> dict[str, str]:
    if not re.fullmatch(r"[\w-]+", words):
        raise ValueError(f"{words!r} cannot stand in a search")
    if resource is documents.INVOICES:
        return {"searchTerm": words}
    if resource is documents.JOURNALS:
        return {"where": f'Narration.Contains("{words}")'}
    return {"where": f'(CreditNoteNumber.Contains("{words}") OR (Reference!=null AND Reference.Contains("{words}")))'}


def _with_lines(client: XeroClient, kind: str, found: list[Document]) -> list[Document]:
    if RESOURCES[kind] is not documents.INVOICES:
        return found
    return by_ids(client, [document.id for document in found])


@errors.asking()
def by_ids(client: XeroClient, ids: list[str]) -> list[Document]:
    """Invoices and bills with their lines, 40 to a call."""
    resource = documents.INVOICES
    read: list[Document] = []
    for start in range(0, len(ids), MOST_IDS):
        query = {"IDs": ",".join(ids[start:start + MOST_IDS]), "pageSize": "100"}
        for page in client.pages(resource.path, query):
            read += [documents.read_document(element, resource) for element in page]
    return read
