"""Who may press what: viewers look, members bring, map, post and roll back, admins do everything."""

from flask import abort, request
from flask_login import current_user

LOOKS = ("GET", "HEAD", "OPTIONS")
EVERYBODY = {"sign_in.sign_in", "sign_in.sign_out", "sign_in.make_first_admin"}
MEMBERS = {
    "settlements", "selections", "postings", "batches", "document_states", "evidence", "mappings", "line_types",
    "sandbox",
}  # fmt: skip
MEMBERS_BESIDES = {"first_run.take_in", "first_run.load_samples", "first_run.apply_mapping"}
ADMINS_ALONE = {"evidence.add_difference_line", "evidence.remove_difference_line"}  # a line that Amazon's file has not


def demand_role() -> None:
    """Refuses what the signed-in person's role does not press; what is named nowhere is an admin's."""
    if request.method in LOOKS or not current_user.is_authenticated or current_user.role == "admin":
        return
    if request.endpoint is None or request.endpoint in EVERYBODY:
        return
    if current_user.role == "viewer":
        abort(403, "You are a viewer here: you can look at everything, and change nothing. Ask an admin to do this.")
    if not is_members(request.endpoint):
        abort(403, "Only an admin may do this: connecting, syncing and settings are theirs. Ask one of yours.")


def is_members(endpoint: str) -> bool:
    area = endpoint.partition(".")[0]
    return (area in MEMBERS or endpoint in MEMBERS_BESIDES) and endpoint not in ADMINS_ALONE
