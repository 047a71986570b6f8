"""The tracking of a line: up to two options, named by words or by ids (xero.md 8.5)."""

from sandbox.xero.accounting.call import Call
from sandbox.xero.accounting.saving import Invalid
from sandbox.xero.accounting.texts import say

MOST = 2


def tracking(call: Call, given: list[dict]) -> list[dict]:
    """As kept on the line. Raises Invalid."""
    if len(given) > MOST:
        raise Invalid(say("too_much_tracking"))
    found = [(item, _found(call, item)) for item in given]
    unknown = [item for item, option in found if option is None]
    if unknown and call.switch("unknown_tracking") == "refused":
        raise Invalid(say("tracking_unknown", option=unknown[0].get("Option") or unknown[0].get("TrackingOptionID")))
    return [option for _, option in found if option is not None]


def _found(call: Call, wanted: dict) -> dict | None:
    for category in call.ledger.tracking:
        if not _names(wanted, category, "TrackingCategoryID", "Name"):
            continue
        for option in category["Options"]:
            if _names({**wanted, "Name": wanted.get("Option")}, option, "TrackingOptionID", "Name"):
                return _kept(category, option)
    return None


def _kept(category: dict, option: dict) -> dict:
    ids = {"TrackingCategoryID": category["TrackingCategoryID"], "TrackingOptionID": option["TrackingOptionID"]}
    return {"Name": category["Name"], "Option": option["Name"], **ids}


def _names(wanted: dict, item: dict, id_field: str, name_field: str) -> bool:
    if wanted.get(id_field):
        return str(wanted[id_field]).lower() == item[id_field]
    return str(wanted.get(name_field) or "").casefold() == item[name_field].casefold()
