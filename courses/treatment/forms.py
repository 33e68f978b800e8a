"""What is typed on the session's page. Services decide what may be saved; their refusals appear in the form."""

from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _

from courses.models import Reading, Session, VitalSigns
from courses.treatment.weight_field import WeightField
from eecp_clinic.models import Clinic

#: Unit, and what can be true of a person who comes to be treated; beyond it a digit is wrong.
RANGES: dict[str, tuple[str, int, int]] = {
    "systolic_mmhg": ("mmHg", 40, 300),
    "diastolic_mmhg": ("mmHg", 20, 200),
    "heart_rate_bpm": ("bpm", 20, 250),
    "spo2_percent": ("%", 50, 100),
    "respiratory_rate": ("/min", 4, 80),
    "weight_kg": ("kg", 20, 350),
    "angina_since_last": ("", 0, 100),
    "nitroglycerin_since_last": ("", 0, 100),
    "inr": ("", 0, 20),
    "pressure_mmhg": ("mmHg", 0, 400),
    "ds_peak": ("", 0, 5),
    "ds_area": ("", 0, 5),
    "inflation_ms": ("ms", -500, 500),
}
PAUSE_REASONS = (_("Bathroom"), _("Discomfort"), _("Electrodes or cuffs adjusted"), _("Device alarm"))


def with_units(form: forms.BaseForm, last: VitalSigns | Reading | None = None) -> None:
    """Units, plausible ranges and what was measured last time, which is shown and never copied."""
    for name, field in form.fields.items():
        if name not in RANGES:
            continue
        unit, low, high = RANGES[name]
        field.unit = unit  # type: ignore[attr-defined]
        if not isinstance(field, WeightField):
            step = "any" if name in {"ds_peak", "ds_area", "inr"} else 1
            field.widget = forms.NumberInput(attrs={"min": low, "max": high, "step": step})
        field.validators = [
            MinValueValidator(low, _("Below %(limit_value)s. Check the number.")),
            MaxValueValidator(high, _("Above %(limit_value)s. Check the number.")),
        ]
        value = getattr(last, name, None) if last else None
        field.last_value = "" if value is None else str(value)  # type: ignore[attr-defined]


def moment_in(session: Session, clinic: Clinic, typed: time | None) -> datetime | None:
    """The typed time on the session's day; one after midnight belongs to the next. None where none is typed."""
    if typed is None or session.started_at is None:
        return None
    start = clinic.local(session.started_at)
    moment = datetime.combine(start.date(), typed, tzinfo=clinic.zone)
    # Typed without seconds: the minute in which the session began counts as within it.
    if moment < start <= moment + timedelta(minutes=1):
        return session.started_at
    return moment if moment >= start else moment + timedelta(days=1)


class ReadingForm(forms.ModelForm):  # type: ignore[type-arg]
    """One row of the flowsheet; with ``by_device`` the device's values stand beside it and are not typed."""

    prefix = "reading"

    time = forms.TimeField(label=_("Time"), required=False, widget=forms.TimeInput(attrs={"type": "time"}))

    class Meta:
        model = Reading
        fields = [
            "pressure_mmhg",
            "heart_rate_bpm",
            "systolic_mmhg",
            "diastolic_mmhg",
            "spo2_percent",
            "ds_peak",
            "ds_area",
            "inflation_ms",
            "note",
        ]

    # What a person measures comes first: Tab goes from one to the next, and Enter saves.
    field_order = ["time", "systolic_mmhg", "diastolic_mmhg", "spo2_percent", *Meta.fields]
    TYPED = ("systolic_mmhg", "diastolic_mmhg", "spo2_percent", "note")

    def __init__(
        self,
        *args: Any,
        by_device: bool = False,
        over: bool = False,
        last: Reading | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.by_device = by_device
        if by_device:
            for name in set(self.fields) - {"time", *self.TYPED}:
                del self.fields[name]
        if over:
            self.fields["time"].required = True
        else:
            del self.fields["time"]
        with_units(self, last)
        first = next(iter(self.fields.values()))
        first.widget.attrs["data-shortcut"] = "ctrl+i"
        if not self.is_bound:  # a fresh row takes the focus where work goes on; a refused one at its error
            first.widget.attrs["data-focus"] = ""

    def values(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name != "time"}

    def moment(self, session: Session, clinic: Clinic) -> datetime | None:
        return moment_in(session, clinic, self.cleaned_data.get("time"))


#: The id of the form of the check: its other buttons stand beside it and send it too.
CHECK_FORM = "before-form"


class StartForm(forms.Form):
    """The physician's reason for treating against a hold; it is sent with the form of the check."""

    override_reason = forms.CharField(
        label=_("Why to treat all the same"),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, "form": CHECK_FORM}),
    )
    password = forms.CharField(
        label=_("Your password"),
        strip=False,
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "form": CHECK_FORM}),
        help_text=_("An emergency: it signs that you treat although the review is overdue."),
    )


class ReasonForm(forms.Form):
    """Why the session is paused, or the patient not treated."""

    reason = forms.CharField(label=_("Reason"), max_length=200)


class PauseForm(ReasonForm):
    prefix = "pause"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].widget.attrs["list"] = "pause-reasons"


class RepeatForm(ReasonForm):
    """Why an hour that was cut short is given again."""

    prefix = "repeat"


class HoldForm(ReasonForm):
    """Why not today; it is sent with the form of the check, beside whose fields it stands."""

    prefix = "hold"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].widget.attrs |= {"form": CHECK_FORM, "list": "hold-reasons"}


class AnswerForm(forms.Form):
    """What the physician says to a hold."""

    answer = forms.CharField(label=_("Answer to the nurse"), max_length=300, required=False)


class SignForm(forms.Form):
    """The password again, and the reason where there is no recording."""

    without_recording_reason = forms.CharField(
        label=_("Why there is no recording"), max_length=200, required=False
    )
    password = forms.CharField(
        label=_("Your password"), widget=forms.PasswordInput(attrs={"autocomplete": "current-password"})
    )

    def __init__(self, *args: Any, ask_reason: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not ask_reason:
            del self.fields["without_recording_reason"]


class AttachForm(forms.Form):
    """Which session a recording is of."""

    session = forms.ChoiceField(label=_("Session"))

    def __init__(self, *args: Any, candidates: list[Session], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["session"].choices = [(s.code, describe(s)) for s in candidates]  # type: ignore[attr-defined]


def describe(session: Session) -> str:
    """'SAMPLE, Joan · Device 1 · 09:00', so that a wrong patient is seen before it is chosen."""
    patient, clinic = session.course.patient, session.course.clinic
    began = clinic.local(session.started_at).strftime("%H:%M") if session.started_at else ""
    return f"{patient.family_name.upper()}, {patient.given_name} · {session.device.name} · {began}"
