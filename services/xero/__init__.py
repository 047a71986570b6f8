"""The only code that knows Xero: its calls, its errors, its payloads, its sign-in."""
