"""The figures beside the live trace: the last minute as the engine judged it, with what each should be."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.core import signing
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from courses.models import Session
from courses.treatment.dose import minutes_so_far, time_on
from devices.ages import in_words
from devices.gating.config import GatingConfig
from devices.models import Recording

#: The live figures are made every five seconds; older than three rounds they are not of now.
STALE_AFTER_S = 15.0
LIMITS = GatingConfig(prescribed_pressure_mmhg=None)
#: Suresh 1998 and Michaels 2001 sought at least 1.5; more than 2.0 is not sought. See docs/gating.md.
DS_TARGET = (1.5, 2.0)
#: Ending and writing takes a moment; an hour longer past its time was not ended, and from then on it is told in words.
PAST_AFTER = timedelta(minutes=2)
COUNTED_MINUTES = 100
LIGHTS = {"A": "go", "B": "go", "C": "look", "D": "stop"}
#: How long the values that a person saw in the row may be saved with it.
TOKEN_AGE_S = 300
_SALT = "courses.treatment.reading"


@dataclass(frozen=True, slots=True)
class Band:
    """Where a value lies against what it should be; places are 0 to 100 along the drawing."""

    zone_from: float
    zone_width: float
    mark: float


@dataclass(frozen=True, slots=True)
class TileFigure:
    """``value`` None is not known; ``chip`` is a sentence in the colour ``light``."""

    label: str
    value: str | None
    unit: str = ""
    note: str = ""
    chip: str = ""
    light: str = "idle"
    band: Band | None = None


@dataclass(frozen=True, slots=True)
class Tile:
    """``age`` says how old the engine's figures are; ``stale`` that they are not of now."""

    delivered: TileFigure
    figures: tuple[TileFigure, ...]
    age: str
    stale: bool


def tile_of(session: Session, now: datetime) -> Tile:
    live = _live(session.recording)
    age_s = age_of(session.recording, now)
    stale = age_s is None or age_s > STALE_AFTER_S
    figures = (
        _gating(live),
        TileFigure(
            _("D/S peak"),
            number(live.get("ds_peak"), 2),
            note=_("target %(low)s to %(high)s")
            % {"low": f"{DS_TARGET[0]:.1f}", "high": f"{DS_TARGET[1]:.1f}"},
            band=_band(live.get("ds_peak"), *DS_TARGET),
        ),
        TileFigure(
            _("Inflation to notch"),
            signed(live.get("inflation_median_ms")),
            "ms",
            note=_("band %(low)s to %(high)s ms")
            % {"low": signed(LIMITS.inflation_good_from_ms), "high": signed(LIMITS.inflation_good_to_ms)},
            band=_band(
                live.get("inflation_median_ms"), LIMITS.inflation_good_from_ms, LIMITS.inflation_good_to_ms
            ),
        ),
        TileFigure(
            _("Cuff empty before ejection"),
            signed(live.get("deflation_lead_ms"), plus=False),
            "ms",
            note=_("band 0 to %(high)s ms") % {"high": f"{LIMITS.deflation_good_to_ms:.0f}"},
            band=_band(live.get("deflation_lead_ms"), 0.0, LIMITS.deflation_good_to_ms),
        ),
        TileFigure(
            _("Cuff pressure"),
            number(live.get("pressure_mmhg")),
            "mmHg",
            note=_("ordered %(target)s mmHg") % {"target": session.course.pressure_target_mmhg},
        ),
        TileFigure(_("Heart rate"), number(live.get("hr_bpm")), "bpm", note=_("last minute")),
    )
    return Tile(_delivered(session, now), figures, _age_text(age_s), stale)


def _live(recording: Recording | None) -> dict[str, Any]:
    return (recording.live or {}) if recording is not None else {}


def age_of(recording: Recording | None, now: datetime) -> float | None:
    """Seconds since the engine last judged a minute of an open recording; None where it did not, or it is over."""
    if recording is None or recording.live is None or recording.live_at is None or not recording.is_open:
        return None
    return max(0.0, (now - recording.live_at).total_seconds())


def _age_text(age_s: float | None) -> str:
    if age_s is None:
        return _("No figures from the device yet")
    if age_s > STALE_AFTER_S:
        return _("Figures are %(age)d s old: look at the console") % {"age": age_s}
    return _("Figures of %(age)d s ago") % {"age": age_s}


def _delivered(session: Session, now: datetime) -> TileFigure:
    passed, ordered = time_on(session, now), timedelta(minutes=session.course.order.session_minutes)
    minutes, seconds = divmod(int(passed.total_seconds()), 60)
    value = f"{minutes:02d}:{seconds:02d}" if minutes < COUNTED_MINUTES else in_words(passed)
    past = passed >= ordered + PAST_AFTER and session.ended_at is None
    return TileFigure(
        _("Delivered"),
        value,
        _("of %(minutes)d min") % {"minutes": session.course.order.session_minutes},
        note=_("by the clock, without pauses"),
        chip=_("Past the ordered time: end the session if it is over") if past else "",
        light="look" if past else "idle",
    )


def _gating(live: dict[str, Any]) -> TileFigure:
    grade, beats = live.get("grade"), live.get("n_beats")
    note = ""
    if beats is not None:
        note = ngettext("last minute, %(n)d beat", "last minute, %(n)d beats", beats) % {"n": beats}
    shown = None if grade is None else _("not assessable") if grade not in LIGHTS else str(grade)
    return TileFigure(
        _("Gating"), shown, note=note, chip=live.get("sentence", ""), light=LIGHTS.get(str(grade), "idle")
    )


def _band(value: float | None, low: float, high: float) -> Band | None:
    """The drawing spans the band and its own width on either side; a value beyond stands at the rim."""
    if value is None:
        return None
    width = high - low
    share = (value - (low - width)) / (3 * width)
    return Band(100 / 3, 100 / 3, 100 * min(1.0, max(0.0, share)))


def number(value: float | Decimal | None, digits: int = 0) -> str | None:
    return None if value is None else f"{value:.{digits}f}"


def signed(value: float | None, *, plus: bool = True) -> str | None:
    """With a minus that is as wide as a figure: −12, +20."""
    if value is None:
        return None
    rounded = round(value)
    sign = "−" if rounded < 0 else "+" if plus and rounded > 0 else ""
    return f"{sign}{abs(rounded)}"


def device_values(session: Session, now: datetime) -> dict[str, Any] | None:
    """What the device gives for a reading at this moment; None where it gives nothing fresh."""
    age_s = age_of(session.recording, now)
    if age_s is None or age_s > STALE_AFTER_S:
        return None
    live = _live(session.recording)
    values = {
        "pressure_mmhg": _whole(live.get("pressure_mmhg")),
        "heart_rate_bpm": _whole(live.get("hr_bpm")),
        "ds_peak": number(live.get("ds_peak"), 2),
        "ds_area": number(live.get("ds_area"), 2),
        "inflation_ms": _whole(live.get("inflation_median_ms")),
        "device_minutes": number(minutes_so_far(session), 1),
    }
    return values if any(value is not None for value in values.values()) else None


def _whole(value: float | None) -> int | None:
    return None if value is None else round(value)


def sealed(session: Session, values: dict[str, Any] | None) -> str:
    """The values as shown, sealed, so that what is saved as the device's is what the person saw."""
    return signing.dumps({"session": session.code, "values": values}, salt=_SALT) if values else ""


def opened(session: Session, token: str) -> dict[str, Any] | None:
    """The values of a seal; None where it is empty, too old, or of another session."""
    try:
        content = signing.loads(token, salt=_SALT, max_age=TOKEN_AGE_S)
    except signing.BadSignature:
        return None
    if content["session"] != session.code:
        return None
    values: dict[str, Any] = content["values"]
    for name in ("ds_peak", "ds_area", "device_minutes"):
        if values.get(name) is not None:
            values[name] = Decimal(values[name])
    return values
