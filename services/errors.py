"""Expected errors: sentences for the person who sees them, turned into pages in one place."""


class AppError(Exception):
    """What happened, why, and what to do. ``status`` is the HTTP status of the page that shows it."""

    status = 400

    def __init__(self, message: str):
        super().__init__(message)
        self.message = message


class NotFound(AppError):
    status = 404


class Refused(AppError):
    """The request cannot be done as things stand (wrong state, stale preview, missing right)."""

    status = 409


class BadSetting(AppError):
    """A configuration value that stops the start; the message names the variable."""


class NotConnected(AppError):
    """Work that needs Xero while it is not connected, or while a reconnect is required."""

    status = 409
