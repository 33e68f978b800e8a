"""What a session still lacks before it can be signed: by name, with the field that mends it."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from courses.models import Appointment, Session, VitalSigns
from courses.treatment.precheck import vitals_in
from devices.models import GatingReport
from devices.services import latest_report
from eecp_clinic.errors import Conflict


@dataclass(frozen=True, slots=True)
class Missing:
    """``field`` is the id of the input on the session's page."""

    code: str
    sentence: str
    field: str


#: Vital signs that a signed session has, by phase.
NEEDED = {
    VitalSigns.Phase.BEFORE: ("systolic_mmhg", "diastolic_mmhg", "heart_rate_bpm", "spo2_percent"),
    VitalSigns.Phase.AFTER: ("systolic_mmhg", "diastolic_mmhg", "heart_rate_bpm"),
}


def missing_in(session: Session, coming: Appointment | None) -> list[Missing]:
    """Everything that must be charted and is not; the recording is judged by ``report_for``. ``coming`` is ``next_hour``."""
    found = []
    if not session.identity_checked:
        found.append(Missing("identity", _("Identity was not checked"), "id_before-identity_checked"))
    for phase, names in NEEDED.items():
        found += _missing_vitals(session, phase, names)
    if not session.skin_after:
        found.append(Missing("skin_after", _("Skin and legs after are not described"), "id_after-skin_after"))
    if not session.symptoms:
        found.append(
            Missing("symptoms", _("Symptoms are not described; write “none” if so"), "id_after-symptoms")
        )
    found += _missing_at_the_end(session, coming)
    if all(reading.is_struck for reading in session.readings.all()):
        found.append(Missing("readings", _("The flowsheet has no reading"), "id_reading-time"))
    return found


def _missing_at_the_end(session: Session, coming: Appointment | None) -> list[Missing]:
    found = []
    if not session.education:
        sentence = _("Education is not charted; “nothing new was needed” is an answer")
        found.append(Missing("education", sentence, "field_id_after-education"))
    if session.next_confirmed is None and coming is not None:
        sentence = _("Whether the next appointment was confirmed is not known")
        found.append(Missing("next_confirmed", sentence, "id_after-next_confirmed"))
    if session.stop_reason == Session.StopReason.OTHER and not session.stop_note:
        sentence = _("Why it ended is “other”, without words")
        found.append(Missing("stop_note", sentence, "id_after-stop_note"))
    return found


def next_hour(session: Session) -> Appointment | None:
    """When the patient comes again: the next hour booked after this one."""
    after = session.ended_at or session.appointment.starts_at
    coming = Appointment.objects.filter(course=session.course_id, starts_at__gt=after)
    return coming.filter(state=Appointment.State.BOOKED).select_related("device").first()


def _missing_vitals(session: Session, phase: Any, names: tuple[str, ...]) -> list[Missing]:
    row = vitals_in(session, phase)
    found = []
    for name in names:
        if row is None or getattr(row, name) is None:
            label = VitalSigns._meta.get_field(name).verbose_name  # type: ignore[union-attr]
            sentence = _("%(phase)s: %(what)s is not known") % {"phase": phase.label, "what": label}
            found.append(Missing(f"{phase.value}_{name}", sentence, f"id_{phase.value}-{name}"))
    return found


def report_for(session: Session, without_recording_reason: str) -> GatingReport | None:
    """The report to sign with; None only where a person says why there is none.

    Raises Conflict while the recording runs or is being analysed, and where neither report nor reason is there.
    """
    recording, reason = session.recording, without_recording_reason.strip()
    if recording is None:
        if not reason:
            raise Conflict(
                _("No recording is bound to this session. Attach one, or say why there is none."),
                code="no_recording",
                fields={"without_recording_reason": [_("Say why there is no recording.")]},
            )
        return None
    report = latest_report(recording) if recording.stored_at else None
    if report is not None and _as_prescribed(report):
        return report
    if recording.failure:
        if not reason:
            raise Conflict(
                _(
                    "The recording cannot be analysed: %(why)s Say so as the reason, and sign without a report."
                )
                % {"why": recording.failure},
                code="analysis_failed",
                fields={"without_recording_reason": [_("Say why there is no report.")]},
            )
        return None
    if recording.is_open:
        raise Conflict(
            _("The device is still recording. End the treatment on the console, then sign."), code="recording"
        )
    raise Conflict(
        _("The recording is still being analysed, usually under a minute. Sign then; nothing is lost."),
        code="analysis_pending",
    )


def _as_prescribed(report: GatingReport) -> bool:
    """Whether it was judged by what the order prescribes; one made before the binding was not."""
    prescribed = report.recording.prescribed_pressure_mmhg
    return bool(report.config.get("prescribed_pressure_mmhg", prescribed) == prescribed)
