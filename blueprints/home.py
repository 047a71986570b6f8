"""Home: what needs me now, what is ready, what was posted lately, and pictures of what was sold."""

from flask import Blueprint, render_template, request

from blueprints.context import parts
from blueprints.needs import told
from blueprints.picture_words import FILTERS, month_span
from services import home, pictures

bp = Blueprint("home", __name__)
for name, written in FILTERS.items():
    bp.add_app_template_filter(written, name)
bp.add_app_template_global(month_span)


@bp.get("/")
def index():
    """The pictures are of one currency; which one, of which marketplace and when are plain parameters."""
    asked = {name: request.args.get(name, "")[:60] for name in ("currency", "marketplace", "period")}
    shown = home.gather(parts())
    return render_template(
        "home/index.html", home=shown, needs=[told(need) for need in shown.needs],
        pictures=pictures.gather(**asked), today=parts().clock.now())
