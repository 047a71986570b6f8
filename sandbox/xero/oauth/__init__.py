"""Xero's sign-in: consent page, tokens, discovery and connections (xero.md section 1)."""
