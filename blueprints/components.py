"""Every component in each of its states, on one page: for those who build pages, and for the tests that look at it."""

from flask import Blueprint, render_template, request

bp = Blueprint("components", __name__, url_prefix="/components")


@bp.get("")
def index():
    return render_template("components_page/index.html")


@bp.get("/pressed")
def pressed():
    """What the page's own buttons ask for: an answer that changes nothing."""
    return render_template("components_page/_answer.html", fails="fails" in request.args)
