"""What can go wrong with a call to Xero, told apart: may it have been done all the same, is another try worth it?"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from services.errors import AppError


class XeroError(AppError):
    """A call to Xero that did not do what was asked.

    ``outcome_unknown``: a write may have been done all the same, so look before sending it again.
    ``try_again``: the same call may succeed later, by itself. ``xero_words``: Xero's own text.
    """

    status = 502
    outcome_unknown = False
    try_again = False
    sentence = "Xero did not do what was asked."
    when_asked = ""  # the sentence where a question was put, and nothing was to be done

    def __init__(self, message: str = "", xero_words: str = ""):
        super().__init__(message or self.sentence)
        self.xero_words = xero_words


class NotSent(XeroError):
    """No connection came about: nothing reached Xero."""

    try_again = True
    sentence = "Xero could not be reached, so nothing was sent. Check the internet connection, then try again."


class NoToken(NotSent):
    """The sign-in could not be renewed just now, so the call itself was never made."""

    sentence = "The sign-in at Xero could not be renewed just now, so nothing was sent. Try again in a minute."


class NoAnswer(XeroError):
    """The request went out and no (whole) answer came back."""

    outcome_unknown = True
    try_again = True
    sentence = "Xero did not answer, so it is not known whether it did what was asked. Try again in a minute."
    when_asked = "Xero did not answer when it was asked how things stand there. Try again in a minute."


class Unreadable(XeroError):
    """An answer came, and it is not one we can read."""

    outcome_unknown = True
    try_again = True
    sentence = "Xero gave an answer TrueBooks cannot read, so it is not known what it did. Try again in a minute."
    when_asked = "Xero was asked how things stand there; TrueBooks cannot read its answer. Try again in a minute."


class ServerError(XeroError):
    """A 5xx other than 503; the document may have been saved (reference: 5xx that left orphans)."""

    outcome_unknown = True
    try_again = True
    sentence = "Xero had an error of its own, so it is not known whether it did what was asked. Try again in a minute."
    when_asked = "Xero had an error of its own when it was asked how things stand there. Try again in a minute."


class Unavailable(XeroError):
    """503: Xero, or this organisation, is offline for a while."""

    status = 503
    outcome_unknown = True
    try_again = True
    sentence = "Xero is offline for the moment (maintenance or too much to do). Try again in some minutes."


class RateLimited(XeroError):
    """429: too many calls; refused before anything was done.

    ``kind`` is concurrent, minute, day, appminute or empty; ``retry_after`` whole seconds or None;
    ``until`` the moment where it is known; ``asked`` whether Xero said so just now, or earlier.
    """

    status = 503
    try_again = True

    def __init__(
        self, kind: str = "", retry_after: int | None = None, until: datetime | None = None, asked: bool = True
    ):
        super().__init__(_limit_sentence(kind, retry_after, until))
        self.kind = kind
        self.retry_after = retry_after
        self.until = until
        self.asked = asked


class TokenExpired(XeroError):
    """401: Xero did not take the access token; nothing was done."""

    try_again = True
    sentence = "Xero did not accept TrueBooks' sign-in just now, so nothing was done. Try again in a minute."


class RenewedTokenRefused(XeroError):
    """401 to an access token that was renewed because of a 401: renewing it once more would not help."""

    status = 503
    try_again = True
    sentence = (
        "Xero refuses TrueBooks' sign-in although it was renewed just now, so nothing was done. That is mostly a "
        "disturbance at Xero: try again in half an hour. If it stays, reconnect Xero under Settings → Account."
    )


class ScopeMissing(XeroError):
    """401 or 403 naming insufficient_scope; nothing was done. Only a new consent helps."""

    status = 409
    sentence = (
        "Xero refused because TrueBooks was not given permission for this. "
        "Go to Settings → Account and reconnect Xero, allowing everything it asks for."
    )


class AccessRefused(XeroError):
    """403 while the organisation is still connected: the Xero user may not do this; nothing was done."""

    status = 409
    sentence = (
        "Xero refused access. The Xero user who connected TrueBooks may have been given a lower role: ask for the "
        "Standard or Adviser role in Xero, or have another user reconnect under Settings → Account."
    )


class JournalsRefused(AccessRefused):
    """403 to manual journals, for which a Standard user needs the permission for reports too (xero.md 8.9)."""

    sentence = (
        "Xero refused manual journals. A Standard user needs the permission for reports for them: have it given in "
        "Xero to the user who connected TrueBooks, or have an Adviser reconnect under Settings → Account."
    )


class OrganisationGone(AccessRefused):
    """403 and the organisation is no longer among the connections: access was taken back at Xero."""

    sentence = "TrueBooks was disconnected at Xero. Go to Settings → Account and reconnect Xero."


class NotFoundInXero(XeroError):
    """404: there is no such thing (any more); nothing was done."""

    status = 409
    sentence = "Xero does not know this any more: it may have been removed there."


class Rejected(XeroError):
    """Xero understood and refused; nothing was done.

    ``messages`` are Xero's exact words; ``elements`` the documents as Xero echoed them.
    """

    status = 409

    def __init__(self, messages: list[str], elements: list[dict] | None = None):
        words = " ".join(messages) or "(Xero gave no reason)"
        super().__init__(f"Xero refused: {words}", words)
        self.messages = messages
        self.elements = elements or []


class SignInRefused(XeroError):
    """The sign-in at Xero did not end in tokens we can trust; nothing was changed."""

    status = 400


class SignInTurnedAway(XeroError):
    """The hosts of the sign-in said no without a reason that means anything to us (a CDN's 403, a 404 …)."""

    status = 503
    try_again = True
    sentence = ("Xero's sign-in turned TrueBooks away just now, without a reason. That is mostly a disturbance at "
                "Xero: try again in some minutes.")


class GrantInvalid(SignInRefused):
    """The token endpoint said ``invalid_grant``: this code or refresh token is used up or withdrawn."""


@contextmanager
def asking() -> Iterator[None]:
    """Around a question, its answer's reading included: nothing was to be done, so nothing is unknown about that."""
    try:
        yield
    except XeroError as error:
        if error.outcome_unknown:
            error.message = error.when_asked or error.message
        raise


def _limit_sentence(kind: str, retry_after: int | None, until: datetime | None) -> str:
    when = _in(retry_after) + (f", at {until:%H:%M} UTC on {until.day} {until:%B}" if until else "")
    if kind == "day":
        return (f"Xero's daily limit of calls for this organisation is used up; it takes calls again {when}. "
                "Nothing is lost: what TrueBooks does by itself goes on then.")
    if kind == "concurrent":
        return "Xero is still busy with other calls for this organisation. Try again in a moment."
    moment = f", at {until:%H:%M:%S} UTC" if until else ""  # "in 26 seconds" says nothing in a history
    return f"Xero takes only so many calls a minute; it takes calls again {_in(retry_after)}{moment}. Try again then."


def _in(seconds: int | None) -> str:
    if seconds is None:
        return "later"
    if seconds < 120:
        return f"in {max(seconds, 1)} seconds"
    return f"in {-(-seconds // 60)} minutes" if seconds < 7200 else f"in {-(-seconds // 3600)} hours"
