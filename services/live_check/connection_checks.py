"""The live check's questions about sign-in, tokens, limits and lists. Each gives (answer, what was seen)."""

from datetime import timedelta

from models import OAuthAttempt, Organisation
from services import xero_tokens
from services.database import write_txn
from services.live_check.probe import Probe
from services.parts import Parts
from services.xero import connections, errors
from services.xero.oauth import event_id_of

EXTRAS = {"scope", "session_state"}
NOWHERE = "00000000-0000-4000-8000-000000000000"


def callback_extras(probe: Probe) -> tuple[str, str]:
    used = OAuthAttempt.select().where(OAuthAttempt.came_with.is_null(False))
    latest = used.order_by(OAuthAttempt.used_at.desc()).first()
    if latest is None:
        return "unknown", ""
    return ("sent" if EXTRAS & set(latest.came_with) else "left_out"), ", ".join(latest.came_with)


def consent_event(probe: Probe) -> tuple[str, str]:
    parts, token = probe.parts, probe.token()
    listed = connections.organisations(
        parts.xero_http(), parts.config.xero_api_url, token, event_id_of(token) or NOWHERE)
    return ("named" if listed else "empty"), ", ".join(each.tenant_name for each in listed)


def tenant_id(probe: Probe) -> tuple[str, str]:
    known = Organisation.get_by_id(1).organisation_id
    return ("same" if known == xero_tokens.row().tenant_id else "other"), known


def old_refresh_token(probe: Probe) -> tuple[str, str]:
    """Refreshes, then presents the old token once more; whatever comes is kept before it is used."""
    parts = probe.parts
    with xero_tokens.alone(parts):
        old = xero_tokens.refresh_token(parts, xero_tokens.row())
        _renew_with(parts, old)
        try:
            _renew_with(parts, old)
        except errors.GrantInvalid as refused:
            return "refused", refused.xero_words
    return "taken", "twice within a second"


def _renew_with(parts: Parts, refresh_token: str) -> None:
    tokens = xero_tokens.sign_in(parts).refresh(refresh_token)
    with write_txn():
        xero_tokens.keep(parts, tokens)


def access_after_refresh(probe: Probe) -> tuple[str, str]:
    old = probe.token()
    with xero_tokens.alone(probe.parts):
        xero_tokens.usable_token(probe.parts, xero_tokens.row())
    told = probe.call("GET", "Organisation", token=old)
    return ("valid" if told.is_good else "ended"), f"status {told.status}"


def missing_scope(probe: Probe) -> tuple[str, str]:
    """Payments, which TrueBooks has no permission for."""
    told = probe.call("GET", "Payments", query={"page": "1"})
    said = told.headers.get("WWW-Authenticate", told.headers.get("www-authenticate", ""))
    seen = f"status {told.status}, {said or 'no WWW-Authenticate'}"
    if told.is_good:
        return "not_refused", seen
    if "scope" in said:
        return "said", seen
    return ("plain_401" if told.status == 401 else "plain_403"), seen


def limits_told(probe: Probe) -> tuple[str, str]:
    headers = {name.lower(): value for name, value in probe.call("GET", "Organisation").headers.items()}
    found = {name: headers.get(f"x-{name}limit-remaining", "") for name in ("day", "min", "appmin")}
    told = [found["day"], found["min"]]
    answer = "both" if all(told) else "some" if any(told) else "none"
    return answer, ", ".join(f"{name}: {left}" for name, left in found.items() if left)


def unknown_document(probe: Probe) -> tuple[str, str]:
    told = probe.call("GET", f"Invoices/{NOWHERE}")
    kind = told.headers.get("Content-Type", "no content type")
    return ("not_found" if told.status == 404 else "other"), f"status {told.status}, {kind}"


def contacts_changed(probe: Probe) -> tuple[str, str]:
    """Asks for contacts changed from tomorrow on: there are none."""
    tomorrow = (probe.parts.clock.now() + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M:%S")
    query = {"summaryOnly": "true", "includeArchived": "true", "order": "Name", "page": "1", "pageSize": "1000"}
    told = probe.call("GET", "Contacts", query=query, headers={"If-Modified-Since": tomorrow})
    if told.status == 304:
        return "not_modified", "status 304"
    found = told.body.get("Contacts") if told.is_good and isinstance(told.body, dict) else None
    if found is None:
        return "refused", f"status {told.status} {told.words}"
    return ("ignored" if found else "empty_list"), f"{len(found)} contacts"
