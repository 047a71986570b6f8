"""A Xero client that is signed in for the workspace's organisation and understands why it was turned away."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from services import xero_limits, xero_permissions, xero_slots, xero_tokens
from services.parts import Parts
from services.xero import connections, errors
from services.xero.calls import Surroundings
from services.xero.client import XeroClient

log = logging.getLogger(__name__)

WHY_UNKNOWN = (
    "Xero refused access, and could not be asked why. Try again in some minutes. If it stays, see in Xero under "
    "Settings → Connected apps whether TrueBooks is still connected, and that whoever connected it is still Standard "
    "user or Adviser."
)


def client(parts: Parts) -> XeroClient:
    """Raises NotConnected with what to do, or a XeroError when no call can be made just now."""
    xero_limits.hold_back(parts)  # both are said before any work is begun
    xero_tokens.access_token(parts)
    tenant_id = xero_tokens.row().tenant_id
    return XeroClient(parts.xero_http(), parts.config.xero_api_url, tenant_id, Surroundings(
        access_token=lambda: xero_tokens.access_token(parts, tenant_id),
        renew=lambda refused: xero_tokens.access_token(parts, tenant_id, refused),
        on_limits=lambda day, minute: xero_limits.keep_left(parts, tenant_id, day, minute),
        explain=lambda error, token: _explained(parts, tenant_id, error, token),
        permit=lambda: _permit(parts),
        sleep=parts.clock.sleep,
    ))


@contextmanager
def _permit(parts: Parts) -> Iterator[None]:
    """One of four calls at a time, and none while Xero takes none."""
    xero_limits.hold_back(parts)
    with xero_slots.one_of_four(parts.config.data / "xero-calls", parts.clock.sleep):
        yield


def _explained(parts: Parts, tenant_id: str, error: errors.XeroError, token: str) -> errors.XeroError:
    """Why Xero said no; a withdrawn organisation or a missing permission turns the card to *Reconnect required*.

    An answer to a ``token`` that was replaced meanwhile, or for an organisation that was left, turns
    nothing: it says nothing about the connection as it stands now.
    """
    if isinstance(error, errors.RateLimited):
        return xero_limits.park(parts, tenant_id, error)
    link = xero_tokens.row()
    if link.tenant_id != tenant_id or not xero_tokens.is_current(parts, link, token):
        return error
    if isinstance(error, errors.ScopeMissing):
        better = errors.ScopeMissing(_permission_sentence(link.scopes), error.xero_words)
    elif is_gone := _is_gone(parts, tenant_id, token):
        better = errors.OrganisationGone(_gone_sentence(link.tenant_name), error.xero_words)
    elif xero_permissions.lacking(link.scopes):  # some answers do not say that it is a permission (xero.md 2.5)
        better = errors.ScopeMissing(_permission_sentence(link.scopes), error.xero_words)
    else:
        return errors.AccessRefused(WHY_UNKNOWN, error.xero_words) if is_gone is None else error
    xero_tokens.require_reconnect(link, better.message, parts)
    return better


def _is_gone(parts: Parts, tenant_id: str, token: str) -> bool | None:
    """Whether /connections no longer lists the organisation; None where it cannot be asked."""
    try:
        listed = connections.organisations(parts.xero_http(), parts.config.xero_api_url, token)
    except errors.XeroError as error:
        log.warning("Xero could not be asked which organisations are connected: %s", error.message)
        return None
    return all(each.tenant_id != tenant_id for each in listed)


def _gone_sentence(organisation: str) -> str:
    return (f"TrueBooks was disconnected from {organisation or 'the organisation'} at Xero. "
            "Reconnect Xero under Settings → Account; what is posted stays.")


def _permission_sentence(granted: str) -> str:
    asked = "; ".join(permission.asks for permission in xero_permissions.lacking(granted))
    return ("Xero refused because TrueBooks lacks a permission" + (f" ({asked})" if asked else "") + ". "
            "Reconnect Xero under Settings → Account and allow everything it asks for.")
