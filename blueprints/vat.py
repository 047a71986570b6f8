"""VAT on sales: both ways with Amazon's Tax rows, and what each does to the VAT return."""

from flask import Blueprint, flash, redirect, render_template, request, url_for

from blueprints.context import actor, parts
from services import settings, vat_effect

bp = Blueprint("vat", __name__, url_prefix="/vat-on-sales")


@bp.get("")
def sales_tax_rows():
    definition = settings.DEFINITIONS["sales_tax_rows"]
    return render_template("mappings/vat.html", comparison=vat_effect.compare(), definition=definition)


@bp.post("")
def choose():
    settings.change(parts(), "sales_tax_rows", request.form.get("value", ""), actor())
    flash("Saved. Previews are made with it from now on; what is posted stays as it is until you press Repost.")
    return redirect(url_for("vat.sales_tax_rows"), 303)
