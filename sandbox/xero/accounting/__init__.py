"""Xero's Accounting API 2.0, as far as the sandbox plays it (xero.md sections 5 to 8)."""
