"""Whether the process answers: for machines that ask."""

from flask import Blueprint

from blueprints.security import public

bp = Blueprint("health", __name__)


@bp.get("/healthz")
@public
def healthz():
    return {"ok": True}
