"""Signing in and out, and the first admin of a new installation."""

from flask import Blueprint, Flask, flash, redirect, render_template, request, session, url_for
from flask_login import LoginManager, UserMixin, current_user, login_user, logout_user

from blueprints.context import client_address, own_path, parts
from blueprints.security import ask_to_sign_in, public, throttled
from services import users
from services.errors import AppError
from services.users import SignedIn

bp = Blueprint("sign_in", __name__)


class Visitor(UserMixin):
    """The signed-in user as pages see them; what the cookie names is the server-side session."""

    def __init__(self, signed_in: SignedIn):
        self.token, self.email, self.name, self.role = (
            signed_in.token, signed_in.email, signed_in.name, signed_in.role)

    def get_id(self) -> str:
        return self.token


def init_app(app: Flask) -> None:
    manager = LoginManager(app)
    manager.session_protection = None  # sessions are rows here: ended, idled out or stale, they are gone
    manager.user_loader(load_visitor)
    manager.unauthorized_handler(ask_to_sign_in)


def load_visitor(token: str) -> Visitor | None:
    found = users.find_session(parts(), token)
    return Visitor(found) if found else None


@bp.get("/sign-in")
@public
def show():
    if users.first_admin_needed():
        return redirect(url_for("sign_in.first_admin"), 303)
    if current_user.is_authenticated:
        return redirect(_onward(), 303)
    return render_template("sign_in/sign_in.html")


@bp.post("/sign-in")
@public
@throttled
def sign_in():
    form = request.form
    try:
        token = users.sign_in(
            parts(), form.get("email", ""), form.get("password", ""), client_address(), request.user_agent.string)
    except AppError as error:
        return render_template("sign_in/sign_in.html", problem=error.message), error.status
    _enter(token)
    return redirect(_onward(), 303)


@bp.post("/sign-out")
def sign_out():
    users.sign_out(parts(), current_user.token, client_address())
    logout_user()
    session.clear()
    flash("You are signed out.")
    response = redirect(url_for("sign_in.show"), 303)
    response.headers["Clear-Site-Data"] = '"storage"'  # not cookies: another workspace may run beside this one
    return response


@bp.get("/first-admin")
@public
def first_admin():
    if not users.first_admin_needed():
        return redirect(url_for("sign_in.show"), 303)
    return render_template("sign_in/first_admin.html")


@bp.post("/first-admin")
@public
@throttled
def make_first_admin():
    given = {name: request.form.get(name, "") for name in ("code", "email", "name", "password")}
    try:
        users.create_first_admin(parts(), **given, address=client_address())
        token = users.sign_in(
            parts(), given["email"], given["password"], client_address(), request.user_agent.string)
    except AppError as error:
        return render_template("sign_in/first_admin.html", problem=error.message), error.status
    _enter(token)
    flash("Welcome to TrueBooks. You are its first admin.")
    return redirect(_onward(), 303)


def _enter(token: str) -> None:
    session.clear()  # nothing from before the sign-in is carried over
    login_user(load_visitor(token))


def _onward() -> str:
    return own_path(request.args.get("next") or request.form.get("next"), url_for("home.index"))
