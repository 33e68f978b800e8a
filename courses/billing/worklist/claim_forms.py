"""Forms of claims, their answers and the bank's deposits."""

from typing import Any

from django import forms
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from courses.billing.worklist.claim_page import MemberRow
from courses.models import ClaimFile, Remittance
from eecp_clinic.dollars import usd


class ReasonForm(forms.Form):
    """Why a claim is replaced or voided, or a deposit withdrawn."""

    reason = forms.CharField(label=_("Reason"), max_length=200)


class AppealForm(forms.Form):
    """That an appeal was sent, and about which lines; the denied ones are ticked already."""

    lines = forms.MultipleChoiceField(label=_("Lines it is about"), widget=forms.CheckboxSelectMultiple)
    on = forms.DateField(label=_("Sent on"), widget=forms.DateInput(attrs={"type": "date"}))
    note = forms.CharField(
        label=_("What it says, and how it was sent"), max_length=300, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args: Any, rows: list[MemberRow], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        codes = [row.member.line.code for row in rows]
        choices = list(zip(codes, map(_of, rows), strict=True))
        self.fields["lines"].choices = choices  # type: ignore[attr-defined]  # a field of choices
        self.fields["lines"].initial = [row.member.line.code for row in rows if row.is_denied] or codes


def _of(row: MemberRow) -> str:
    """'Line 3, Mon 02-Nov-2026, session 3, denied'."""
    number = row.member.line.session.number
    said = gettext("Line %(line)d, %(day)s, session %(session)s") % {
        "line": row.member.position,
        "day": date_format(row.member.service_date, "D d-M-Y"),
        "session": number if number is not None else "?",
    }
    return f"{said}, {gettext('denied')}" if row.is_denied else said


class SentForm(forms.Form):
    """How a file was handed over."""

    way = forms.ChoiceField(label=_("How it was sent"), choices=ClaimFile.Way.choices)


class AnswerForm(forms.Form):
    """A file from the payer or the clearing house."""

    file = forms.FileField(
        label=_("File"), help_text=_("TA1, 999, 277CA or 835, as the payer or the clearing house gave it")
    )


class PostForm(forms.Form):
    """Why a payment is posted although something does not agree."""

    in_spite_of = forms.CharField(label=_("Why it is right all the same"), max_length=300, required=False)


class DepositForm(forms.Form):
    """What the bank's statement shows."""

    banked_on = forms.DateField(
        label=_("On the statement on"), widget=forms.DateInput(attrs={"type": "date"})
    )
    amount = forms.DecimalField(label=_("Amount"), max_digits=12, decimal_places=2)
    reference = forms.CharField(label=_("Reference on the statement"), max_length=80, required=False)
    remittances = forms.MultipleChoiceField(
        label=_("Payments it covers"), widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, payments: list[Remittance], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["amount"].unit = "USD"  # type: ignore[attr-defined]  # read by partials/_field.html
        choices = [(one.code, _label(one)) for one in payments]
        self.fields["remittances"].choices = choices  # type: ignore[attr-defined]  # a field of choices


def _label(one: Remittance) -> str:
    day = f", {one.paid_on:%d-%b-%Y}" if one.paid_on else ""
    return f"{usd(one.amount)} · {one.payer or one.payer_name} · {one.trace_number}{day}"
