"""What a practitioner writes about supervision: its end, a time that is over, why a stretch was not covered."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from courses.models import SupervisionPeriod


def _moment(label: Any) -> forms.DateTimeField:
    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    return forms.DateTimeField(label=label, widget=widget)


def _password(help_text: Any) -> forms.CharField:
    widget = forms.PasswordInput(attrs={"autocomplete": "current-password"})
    return forms.CharField(
        label=_("Your password"), strip=False, required=False, widget=widget, help_text=help_text
    )


class OwnIds(forms.Form):
    """Several of these forms stand on one page: each names its inputs by itself."""

    ids = "id_%s"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("auto_id", self.ids)
        super().__init__(*args, **kwargs)


class BeginForm(OwnIds):
    """By audio and video the connection is named."""

    ids = "begin_%s"
    evidence = forms.CharField(
        label=_("Video connection"),
        required=False,
        max_length=200,
        help_text=_("Picture and sound both ways, such as the name of the call"),
    )


class EndForm(OwnIds):
    """When a period that was forgotten ended: after its day a late entry."""

    ids = "end_%s"
    ended_at = _moment(_("Ended"))
    reason = forms.CharField(label=_("Why it is written only now"), required=False, max_length=300)
    password = _password(_("It signs this late entry."))


class NoteForm(OwnIds):
    """A time of supervision that is over; after its day a late entry."""

    ids = "note_%s"
    mode = forms.ChoiceField(label=_("How"), choices=SupervisionPeriod.Mode.choices)
    started_at = _moment(_("From"))
    ended_at = _moment(_("To"))
    evidence = forms.CharField(
        label=_("What shows it"),
        required=False,
        max_length=200,
        help_text=_("Such as the room, the rota, or the video call"),
    )
    reason = forms.CharField(
        label=_("Why it is written only now"),
        required=False,
        max_length=300,
        help_text=_("Needed once the day is over"),
    )
    password = _password(_("Needed once the day is over: it signs this late entry."))


class GapForm(OwnIds):
    """Why nobody is noted for one stretch; which one, in hidden fields."""

    start = forms.DateTimeField(widget=forms.HiddenInput)
    end = forms.DateTimeField(widget=forms.HiddenInput)
    text = forms.CharField(
        label=_("What happened"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Such as: Dr. Sample was in the next room until 14:20 and forgot to begin"),
    )


class LogForm(forms.Form):
    """The password that signs the log."""

    password = forms.CharField(
        label=_("Your password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        help_text=_("Typing it again signs under your name."),
    )
