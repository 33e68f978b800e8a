"""The sheet of an ABN: what stands in the blanks A to J of form CMS-R-131, as PDF.

The clinic gives the current edition of the official form; this sheet carries its values in a layout and in words of our
own, and keeps them with the record. The same notice always gives the same bytes.
"""

from django.template.loader import render_to_string
from django.utils import timezone, translation

from eecp_clinic.pdf import Document, render
from patients.clinic_rules import notice_rules
from patients.models import Notice

LANGUAGE = "en-us"


def notice_sheet(notice: Notice) -> Document:
    """The values of one notice, answered or not."""
    clinic = notice.patient.clinic
    rules = notice_rules()
    context = {
        "notice": notice,
        "patient": notice.patient,
        "clinic": clinic,
        "rules": rules,
        "highest": rules.highest_charge(notice.estimate_usd),
        "options": [(value, label, value == notice.option) for value, label in Notice.Option.choices],
        "language": LANGUAGE,
    }
    with timezone.override(clinic.zone), translation.override(LANGUAGE):
        return render(render_to_string("packet/notice.html", context))
