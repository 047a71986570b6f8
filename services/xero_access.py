"""A Xero client that is signed in for the workspace's organisation and understands why it was turned away."""

import logging

from peewee import OperationalError

from models import XeroConnection
from services import xero_tokens
from services.database import write_txn
from services.parts import Parts
from services.xero import connections, errors, scopes
from services.xero.client import XeroClient

log = logging.getLogger(__name__)


def client(parts: Parts) -> XeroClient:
    """Raises NotConnected with what to do, or a XeroError when the sign-in cannot be renewed just now."""
    xero_tokens.access_token(parts)  # said before any work is begun
    tenant_id = xero_tokens.row().tenant_id
    return XeroClient(
        parts.xero_http(), parts.config.xero_api_url, tenant_id,
        access_token=lambda: xero_tokens.access_token(parts, tenant_id),
        renew=lambda refused: xero_tokens.access_token(parts, tenant_id, refused),
        on_limits=_keep_limits,
        explain=lambda error: _explained(parts, tenant_id, error),
    )


def _keep_limits(day_remaining: int | None, minute_remaining: int | None) -> None:
    """For the card; a busy database must not cost us the answer that these figures came with."""
    left = {"day_remaining": day_remaining, "minute_remaining": minute_remaining}
    try:
        with write_txn():
            XeroConnection.update(**{name: count for name, count in left.items() if count is not None}).where(
                XeroConnection.id == 1).execute()
    except OperationalError as error:
        log.warning("what is left of Xero's limits was not kept: %s", error)


def _explained(parts: Parts, tenant_id: str, error: errors.XeroError) -> errors.XeroError:
    """Why Xero said no; a withdrawn organisation or a missing permission turns the card to *Reconnect required*."""
    link = xero_tokens.row()
    if isinstance(error, errors.ScopeMissing):
        better = errors.ScopeMissing(_permission_sentence(link.scopes), error.xero_words)
    elif _is_gone(parts, tenant_id):
        better = errors.OrganisationGone(_gone_sentence(link.tenant_name), error.xero_words)
    else:
        return error
    xero_tokens.require_reconnect(link, better.message, parts)
    return better


def _is_gone(parts: Parts, tenant_id: str) -> bool:
    """Whether /connections no longer lists the organisation; in doubt it does."""
    try:
        token = xero_tokens.access_token(parts, tenant_id)
        listed = connections.organisations(parts.xero_http(), parts.config.xero_api_url, token)
    except errors.XeroError as error:
        log.warning("Xero could not be asked which organisations are connected: %s", error.message)
        return False
    return all(each.tenant_id != tenant_id for each in listed)


def _gone_sentence(organisation: str) -> str:
    return (f"TrueBooks was disconnected from {organisation or 'the organisation'} at Xero. "
            "Reconnect Xero under Settings → Account; what is posted stays.")


def _permission_sentence(granted: str) -> str:
    asked = "; ".join(permission.asks for permission in scopes.missing(granted))
    return ("Xero refused because TrueBooks lacks a permission" + (f" ({asked})" if asked else "") + ". "
            "Reconnect Xero under Settings → Account and allow everything it asks for.")
