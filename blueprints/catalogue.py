"""The catalogue: every line type TrueBooks knows, to browse and to search."""

from flask import Blueprint, render_template, request

from services import catalogue_search
from services.core.catalogue import standard

bp = Blueprint("catalogue", __name__, url_prefix="/catalogue")


@bp.get("")
def index():
    words, category = request.args.get("q", "")[:100], request.args.get("category", "")
    found = catalogue_search.search(words, category)
    sheet = catalogue_search.page(found, request.args.get("page", 1, type=int))
    swapped = request.htmx and not request.htmx.history_restore_request
    return render_template(
        "catalogue/_entries.html" if swapped else "catalogue/index.html",
        found=found, sheet=sheet, catalogue=standard(), words=words, category=category)
