"""What is typed on the session's page. Services decide what may be saved; their refusals appear in the form."""

from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _

from courses.models import Reading, Session, VitalSigns
from courses.treatment import body_map
from eecp_clinic.drafts.forms import MergingForm
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
    "inflation_ms": ("ms", -500, 500),
}
PAUSE_REASONS = (_("Bathroom"), _("Discomfort"), _("Electrodes or cuffs adjusted"), _("Device alarm"))


def with_units(form: forms.BaseForm, last: VitalSigns | None = None) -> None:
    """Units, plausible ranges and what was measured last time, which is shown and never copied."""
    for name, field in form.fields.items():
        if name not in RANGES:
            continue
        unit, low, high = RANGES[name]
        field.unit = unit  # type: ignore[attr-defined]
        field.widget = forms.NumberInput(
            attrs={"min": low, "max": high, "step": "any" if name in {"weight_kg", "ds_peak", "inr"} else 1}
        )
        field.validators = [
            MinValueValidator(low, _("Below %(limit_value)s. Check the number.")),
            MaxValueValidator(high, _("Above %(limit_value)s. Check the number.")),
        ]
        value = getattr(last, name, None) if last else None
        field.last_value = "" if value is None else str(value)  # type: ignore[attr-defined]


class AfterForm(MergingForm, forms.ModelForm):  # type: ignore[type-arg]  # generic only for the type checker
    """Vital signs after the hour, and how the patient left."""

    prefix = "after"

    skin_after = forms.CharField(label=_("Skin and legs after"), max_length=200, required=False)
    symptoms = forms.CharField(
        label=_("Symptoms"), max_length=300, required=False, help_text=_("Write “none” if there were none")
    )
    comments = forms.CharField(label=_("Comments"), required=False, widget=forms.Textarea(attrs={"rows": 2}))

    END = ("skin_after", "symptoms", "comments")

    class Meta:
        model = VitalSigns
        fields = ["systolic_mmhg", "diastolic_mmhg", "heart_rate_bpm", "spo2_percent"]

    def __init__(self, *args: Any, before: VitalSigns | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        with_units(self)
        body_map.add_marks(self, before)
        for name in self.Meta.fields:
            value = getattr(before, name, None)
            if value is not None:
                self.fields[name].help_text = _("Before: %(value)s") % {"value": value}

    def measured(self) -> list[forms.BoundField]:
        return [self[name] for name in self.Meta.fields]

    def described(self) -> list[forms.BoundField]:
        return [self[name] for name in self.END]

    def vitals(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.Meta.fields}

    def views(self) -> tuple[body_map.View, ...]:
        return body_map.views_of(self)

    def has_marks(self) -> bool:
        return body_map.has_marks(self)

    def marks(self) -> dict[str, str]:
        return body_map.marks_in(self.cleaned_data)

    def ending(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.END if name in self.cleaned_data}


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
            "inflation_ms",
            "note",
        ]

    field_order = ["time", *Meta.fields]
    TYPED = ("systolic_mmhg", "diastolic_mmhg", "spo2_percent", "note")

    def __init__(self, *args: Any, by_device: bool = False, over: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by_device = by_device
        if by_device:
            for name in set(self.fields) - {"time", *self.TYPED}:
                del self.fields[name]
        if over:
            self.fields["time"].required = True
        else:
            del self.fields["time"]
        with_units(self)
        if not self.is_bound:  # a fresh row takes the focus where work goes on; a refused one at its error
            next(iter(self.fields.values())).widget.attrs["data-focus"] = ""

    def values(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name != "time"}

    def moment(self, session: Session, clinic: Clinic) -> datetime | None:
        """The typed time on the session's day; a reading after midnight belongs to the next."""
        typed: time | None = self.cleaned_data.get("time")
        if typed is None or session.started_at is None:
            return None
        start = clinic.local(session.started_at)
        moment = datetime.combine(start.date(), typed, tzinfo=clinic.zone)
        # Typed without seconds: the minute in which the session began counts as within it.
        if moment < start <= moment + timedelta(minutes=1):
            return session.started_at
        return moment if moment >= start else moment + timedelta(days=1)


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


class ReasonForm(forms.Form):
    """Why the session is paused, or the patient not treated."""

    reason = forms.CharField(label=_("Reason"), max_length=200)


class PauseForm(ReasonForm):
    prefix = "pause"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].widget.attrs["list"] = "pause-reasons"


class HoldForm(ReasonForm):
    """Why not today; it is sent with the form of the check, beside whose fields it stands."""

    prefix = "hold"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].widget.attrs |= {"form": CHECK_FORM, "list": "hold-reasons"}


class AnswerForm(forms.Form):
    """What the physician says to a hold."""

    answer = forms.CharField(label=_("Answer to the nurse"), max_length=300, required=False)


class EndForm(forms.Form):
    """Why the hour ended: never assumed, so nothing is chosen beforehand."""

    stop_reason = forms.ChoiceField(
        label=_("Why it ends"), choices=[("", _("Choose")), *Session.StopReason.choices]
    )


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
