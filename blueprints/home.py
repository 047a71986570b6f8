"""Home: what needs me now, what is ready, what was posted lately, and pictures of what was sold."""

from flask import Blueprint, current_app, render_template, request
from jinja2.environment import TemplateModule

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
        "home/index.html", home=shown, needs=[told(need) for need in shown.needs], pictures=_pictures(**asked),
        today=parts().clock.now())


def _pictures(**asked: str) -> TemplateModule:
    """Drawn anew when their sums have changed since, by the mark that the database itself renews."""
    mark = pictures.mark()
    wanted = (mark, *asked.values())
    drawn = _drawn.get(wanted)
    if drawn is None:
        template = current_app.jinja_env.get_template("home/_pictures.html")
        drawn = template.make_module({"pictures": pictures.gather(**asked)})
        if len(_drawn) >= MOST_DRAWN:
            _drawn.clear()
        if pictures.mark() == mark:  # nothing changed while they were drawn
            _drawn[wanted] = drawn
    return drawn


MOST_DRAWN = 32
_drawn: dict[tuple, TemplateModule] = {}
