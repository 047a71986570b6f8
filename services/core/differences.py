"""What a repost would change: the lines of what is posted beside the lines of the new plan. Pure."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Difference:
    """One line that is not as it was; ``before`` or ``after`` is None where it is new or gone (minor units)."""

    description: str
    account_before: str
    account_after: str
    tax_type_before: str
    tax_type_after: str
    before: int | None
    after: int | None
    tracking_changed: bool = False


def between(before: list[dict], after: list[dict]) -> list[Difference]:
    """Compares lines ``{description, account_code, tax_type, gross}`` by description and order.

    Lines with the same description but other accounts are shown as one changed line.
    """
    differences = []
    old = _by_description(before)
    new = _by_description(after)
    for description in dict.fromkeys([*old, *new]):
        pairs = _paired(old.get(description, []), new.get(description, []))
        differences += [_difference(description, was, now) for was, now in pairs if was != now]
    return differences


def _by_description(lines: list[dict]) -> dict[str, list[dict]]:
    grouped: dict[str, list[dict]] = {}
    for line in lines:
        told = {name: line[name] for name in ("account_code", "tax_type", "gross")}
        told["tracking"] = [list(each) for each in line.get("tracking") or ()]
        grouped.setdefault(line["description"], []).append(told)
    return grouped


def _paired(old: list[dict], new: list[dict]) -> list[tuple[dict | None, dict | None]]:
    same = [line for line in old if line in new]
    was = [line for line in old if line not in same] + [None] * len(new)
    now = [line for line in new if line not in same] + [None] * len(old)
    return [(a, b) for a, b in zip(was, now, strict=False) if a or b]


def _difference(description: str, was: dict | None, now: dict | None) -> Difference:
    was, now = was or {}, now or {}
    return Difference(
        description,
        was.get("account_code", ""),
        now.get("account_code", ""),
        was.get("tax_type", ""),
        now.get("tax_type", ""),
        was.get("gross"),
        now.get("gross"),
        bool(was and now) and was["tracking"] != now["tracking"],
    )
