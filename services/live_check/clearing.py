"""Takes back everything that the live check made, whatever failed on the way, and names what a person must remove."""

from dataclasses import dataclass

from services.errors import AppError
from services.live_check.probe import CONTACT, LISTS, Probe, Told

FINAL = ("VOIDED", "DELETED")
PAUSES_SECONDS = (0.5, 2.0)  # before the second and third try


@dataclass(frozen=True)
class Made:
    """A document that bears the check's mark."""

    path: str
    id_field: str
    id: str
    number: str


def clear_away(probe: Probe) -> list[str]:
    """Voids or deletes everything that bears the mark, archives its contact; what is left, each in words."""
    found, unread = _everything(probe)
    left = [made.number for made in found if not _is_ended(probe, made)]
    come_to_light = len(found) - len({id_ for _, id_, _ in probe.made})
    if probe.unanswered > come_to_light:  # it may yet arrive
        left.append(f"a draft of reference {probe.mark}, should one turn up later: Xero did not answer its creation")
    return left + [f"whatever bears {probe.mark} among the {path}" for path in unread] + _contact_left(probe)


def _everything(probe: Probe) -> tuple[list[Made], list[str]]:
    """What was made as far as it was answered, and what Xero lists besides; the lists that could not be read."""
    found = {id_: Made(path, LISTS[path][0], id_, number) for path, id_, number in probe.made}
    unread = []
    for path, (id_field, number) in LISTS.items():
        listed = _asked(probe, "GET", path, query=_bearing(path, probe.mark) | {"page": "1", "pageSize": "1000"})
        if listed is None or not listed.is_good:
            unread.append(path)
            continue
        for each in listed.elements(path):
            if probe.mark in f"{each.get('Reference')} {each.get(number)}":
                found[str(each.get(id_field))] = Made(path, id_field, str(each.get(id_field)), str(each.get(number)))
    return list(found.values()), unread


def _bearing(path: str, mark: str) -> dict[str, str]:
    if path == "Invoices":
        return {"searchTerm": mark}
    return {"where": f'Reference!=null AND Reference.Contains("{mark}")'}


def _is_ended(probe: Probe, made: Made) -> bool:
    address = f"{made.path}/{made.id}"
    status = _status(_asked(probe, "GET", address), made.path)
    if status in FINAL:
        return True
    to = "VOIDED" if status in ("AUTHORISED", "PAID") else "DELETED"
    told = _asked(probe, "POST", address, {made.path: [{made.id_field: made.id, "Status": to}]})
    return told is not None and told.is_good


def _status(told: Told | None, path: str) -> str:
    documents = told.elements(path) if told and told.is_good else []
    return str(documents[0].get("Status")) if documents else ""


def _contact_left(probe: Probe) -> list[str]:
    """An archived contact is in nobody's way."""
    name = f"{CONTACT} {probe.mark}"
    listed = _asked(probe, "GET", "Contacts", query={"searchTerm": probe.mark, "page": "1", "pageSize": "100"})
    if listed is None or not listed.is_good:
        return [f"the contact “{name}” (archive it)"]
    for each in listed.elements("Contacts"):
        if each.get("Name") == name and each.get("ContactStatus") != "ARCHIVED":
            archived = {"ContactID": each.get("ContactID"), "ContactStatus": "ARCHIVED"}
            told = _asked(probe, "POST", f"Contacts/{each.get('ContactID')}", {"Contacts": [archived]})
            if told is None or not told.is_good:
                return [f"the contact “{name}” (archive it)"]
    return []


def _asked(probe: Probe, method: str, path: str, body: dict | None = None, query: dict | None = None) -> Told | None:
    """What Xero answered, None where it did not: asked three times, since all that is asked here only reads, or
    brings one document that it names to its end."""
    for pause in (*PAUSES_SECONDS, 0):
        try:
            told = probe.call(method, path, body, query=query)
            if told.status < 500:
                return told
        except AppError:
            pass
        probe.parts.clock.sleep(pause)
    return None
