"""The catalogue: every line type TrueBooks knows, to browse and to search."""

from flask import Blueprint, render_template, request

from services import catalogue_search
from services.core.catalogue import standard

bp = Blueprint("catalogue", __name__, url_prefix="/catalogue")


@bp.get("")
def index():
    words, category = request.args.get("q", "")[:100], request.args.get("category", "")
    found = catalogue_search.search(words, category)
    template = "catalogue/_entries.html" if request.htmx else "catalogue/index.html"
    return render_template(template, found=found, catalogue=standard(), words=words, category=category)
