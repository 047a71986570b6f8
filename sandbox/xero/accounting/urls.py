"""The "Go to" address of a document (xero.md 5.5)."""

from urllib.parse import urlsplit


def is_valid(url: str) -> bool:
    """A whole web address that does not speak of Xero [INV-DOC, MNV]."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.netloc) and "xero" not in url.lower()
