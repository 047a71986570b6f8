"""The evidence behind a settlement: its files, a difference line, booked elsewhere, removal, downloads."""

from flask import Blueprint, Response, flash, redirect, request, stream_with_context, url_for

from blueprints.context import actor, parts
from blueprints.sentences import Message
from blueprints.settlements import answer
from services import booked_elsewhere, corrections, difference_lines, originals, plan_export, postings, removal
from services import settlements as kept

bp = Blueprint("evidence", __name__, url_prefix="/settlements/<settlement_id>")


@bp.post("/file-in-use")
def use_file(settlement_id: str):
    """Makes another file of the settlement the one that counts."""
    used = corrections.use(parts(), settlement_id, request.form.get("file", ""), actor())
    told = "This file counts now; the other one is kept beside it." if used.is_new else "This file counts already."
    if used.is_new and used.settlement.state in kept.IN_XERO:
        told += " The document in Xero is still the old one: look at what Repost would change, then press Repost."
    return answer(settlement_id, Message("good", told))


@bp.post("/difference-line")
def add_difference_line(settlement_id: str):
    account_code = request.form.get("account_code", "")
    difference_lines.add(parts(), settlement_id, account_code, request.form.get("reason", ""), actor())
    return answer(settlement_id, Message("good", "The difference stands as a line of its own now."))


@bp.post("/difference-line-removal")
def remove_difference_line(settlement_id: str):
    difference_lines.remove(parts(), settlement_id, actor())
    return answer(settlement_id, Message("good", "The difference line is taken back."))


@bp.post("/booked-elsewhere")
def mark_booked_elsewhere(settlement_id: str):
    booked_elsewhere.mark(parts(), settlement_id, request.form.get("reason", ""), actor())
    return answer(settlement_id, Message("good", "Marked as booked elsewhere; it will not be posted from here."))


@bp.post("/booked-here")
def take_back_booked_elsewhere(settlement_id: str):
    booked_elsewhere.take_back(parts(), settlement_id, actor())
    return answer(settlement_id, Message("good", "It can be posted from here again."))


@bp.post("/removal")
def remove(settlement_id: str):
    """The settlement is gone afterwards, so the list is shown."""
    number = removal.remove(parts(), settlement_id, actor())
    flash(f"Settlement {settlement_id} is removed. Its number {number} is retired and will not be given again.", "good")
    return redirect(url_for("settlements.index"), 303)


@bp.get("/files/<sha256>")
def download(settlement_id: str, sha256: str):
    """The original file, byte for byte."""
    file = originals.of_settlement(kept.find(settlement_id), sha256)
    name = originals.safe_name(file.name, settlement_id)
    return attachment(originals.pieces(file), name, "text/plain; charset=utf-8")


@bp.get("/plan.csv")
def plan_csv(settlement_id: str):
    """The document's lines for a spreadsheet: as they were sent, else as they would be."""
    plan = postings.preview(settlement_id).document
    name = originals.safe_name(f"{plan.number}-{settlement_id}.csv", settlement_id)
    return attachment(plan_export.as_csv(plan), name, "text/csv; charset=utf-8")


def attachment(body, name: str, media_type: str) -> Response:
    """Streams ``body`` as a file to be saved; the name must be safe already."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(stream_with_context(body), content_type=media_type, headers=headers)
