"""The live check: tries on a Demo Company what TrueBooks believes about Xero, and says what it does in either case."""

from services.live_check.run import Answer, beliefs, check

__all__ = ["Answer", "beliefs", "check"]
