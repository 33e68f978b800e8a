"""Forms about papers."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from patients.forms import plain_dates_and_not_known
from patients.models import Document

ACCEPTED = "application/pdf,image/jpeg,image/png"


class GivenFile(forms.FileField):
    """A file of which only the bytes count; what it is called says nothing."""

    def __init__(self, accept: str, **kwargs: Any) -> None:
        super().__init__(
            widget=forms.FileInput(attrs={"accept": accept}),
            error_messages={
                "required": _("No file arrived. Choose it again."),
                "empty": _("The file is empty."),
            },
            max_length=255,
            **kwargs,
        )


class DocumentForm(forms.Form):
    """One paper to file."""

    kind = forms.ChoiceField(label=_("Kind"))
    dated_on = forms.DateField(label=_("Date of the document"), required=False)
    title = forms.CharField(
        label=_("Title"), required=False, max_length=120, help_text=_("From whom, or what of")
    )
    file = GivenFile(ACCEPTED, label=_("PDF, JPEG or PNG"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = [choice for choice in Document.Kind.choices if choice[0] not in Document.CARDS]
        self.fields["kind"] = forms.ChoiceField(label=_("Kind"), choices=[("", _("Choose")), *kinds])
        plain_dates_and_not_known(self)


class CardForm(forms.Form):
    """A picture of one side of an insurance card."""

    kind = forms.ChoiceField(
        label=_("Side"),
        choices=[(Document.Kind.CARD_FRONT, _("Front")), (Document.Kind.CARD_BACK, _("Back"))],
    )
    file = GivenFile("image/jpeg,image/png", label=_("Photo or scan (JPEG or PNG)"))


class WithdrawForm(forms.Form):
    """Why a paper is taken out of use."""

    reason = forms.CharField(
        label=_("Reason"), max_length=200, help_text=_("For example: filed under the wrong patient")
    )


class ListForm(forms.Form):
    """A list of patients."""

    file = GivenFile("text/csv,.csv", label=_("CSV file, as a spreadsheet saves it"))
