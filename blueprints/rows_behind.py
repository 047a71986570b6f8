"""From a figure to its rows: a preview's line opens to Amazon's rows behind it, under the line or as a page."""

from flask import Blueprint, render_template, request

from blueprints.evidence import attachment
from services import originals, rows_behind

bp = Blueprint("rows_behind", __name__, url_prefix="/settlements/<settlement_id>/rows")


@bp.get("/<key>")
def show(settlement_id: str, key: str):
    """One page of the rows behind a line, perhaps of those that hold certain words; ``closed`` shuts it again."""
    if request.htmx and "closed" in request.args:
        return ""
    figure = rows_behind.figure(settlement_id, key)
    number, looked_for = request.args.get("page", 1, type=int), request.args.get("q", "")[:100]
    page = rows_behind.page(figure, number, looked_for)
    template = "settlements/_rows.html" if request.htmx else "settlements/rows.html"
    return render_template(template, page=page, place=f"rows-{settlement_id}-{key}")


@bp.get("/<key>.csv")
def download(settlement_id: str, key: str):
    """All of the rows (or all that hold the words), as they come."""
    figure = rows_behind.figure(settlement_id, key)
    name = originals.safe_name(f"{settlement_id}-{figure.line.description}.csv", settlement_id)
    return attachment(rows_behind.as_csv(figure, request.args.get("q", "")[:100]), name, "text/csv; charset=utf-8")
