"""The sandbox's own pages, for signed-in users: requests are passed on to its WSGI app as they are."""

from flask import Blueprint, Response, abort, current_app, request

from blueprints.security import csrf

bp = Blueprint("sandbox", __name__)
csrf.exempt(bp)  # its forms are its own; the same-origin wall stands before it all the same


@bp.route("/sandbox/", defaults={"path": ""}, methods=["GET", "POST"])
@bp.route("/sandbox/<path:path>", methods=["GET", "POST"])
@bp.route("/identity/<path:path>", methods=["GET", "POST"])
def pass_on(path: str) -> Response:
    reach = current_app.extensions["sandbox"]
    if reach is None:
        abort(404)
    kept_back = ("HTTP_COOKIE", "werkzeug.request")  # our session is none of the sandbox's business
    environ = {name: value for name, value in request.environ.items() if name not in kept_back}
    try:
        return Response.from_app(reach.wsgi_app, environ, buffered=True)
    except ConnectionError:  # the sandbox was told to fail this way
        abort(502, "The sandbox dropped the connection, as it was told to. Go back and try again.")
