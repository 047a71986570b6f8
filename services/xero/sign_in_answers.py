"""Reads what the hosts of the sign-in answer: they know no roles and no documents, so their no means something else."""

from typing import Any

import requests

from services.xero import answers, errors

_OF_DOCUMENTS_AND_ROLES = (errors.AccessRefused, errors.NotFoundInXero, errors.ScopeMissing, errors.Rejected)


def read(response: requests.Response) -> Any:
    """The JSON of a good answer (None when it is empty); raises XeroError otherwise."""
    raise_for_refusal(response)
    return answers.read(response)


def raise_for_refusal(response: requests.Response) -> None:
    """As of the Accounting API, but a 403, a 404 and other refusals are told as the sign-in's."""
    try:
        answers.raise_for_refusal(response)
    except _OF_DOCUMENTS_AND_ROLES as error:
        raise errors.SignInTurnedAway(xero_words=error.xero_words) from error
