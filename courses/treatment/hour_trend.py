"""The hour so far, minute by minute, as charts: what a strip of grades cannot say."""

from typing import Any

from django.utils.translation import gettext as _

from courses.models import Session
from courses.treatment.tile import DS_TARGET

HEIGHT_PX = 130


def trend_of(session: Session) -> dict[str, Any]:
    """``charts`` for ``partials/_chart.html``, none before the first minute; ``trend`` changes when a minute is added.

    A minute that nobody judged in time has no point, and no line is drawn across it.
    """
    live: dict[str, Any] = (session.recording.live or {}) if session.recording is not None else {}
    known: dict[str, dict[str, float | None]] = live.get("minutes", {})
    ended = max((int(minute) + 1 for minute in known), default=0)
    order = session.course.order
    length = max(order.session_minutes, ended)

    def rows(name: str, digits: int, *beside: float) -> list[list[float | None]]:
        found = [known.get(str(minute), {}).get(name) for minute in range(ended)]
        return [
            [minute + 1, None if value is None else round(value, digits), *beside]
            for minute, value in enumerate(found)
        ]

    pressure, ordered = rows("pressure_mmhg", 0, order.pressure_target_mmhg), _("ordered")
    band = {"low": DS_TARGET[0], "high": DS_TARGET[1], "label": _("target")}
    charts = [
        _chart("trend-ds", _("D/S peak"), "", rows("ds_peak", 2), length, band=band, y=(0.0, 2.5)),
        _chart("trend-pressure", _("Cuff pressure"), "mmHg", pressure, length, beside=(ordered,), y=(0, 350)),
        _chart("trend-rate", _("Heart rate"), "bpm", rows("hr_bpm", 0), length, y=(40, 140)),
    ]
    return {"trend_charts": charts if ended else [], "trend": str(ended)}


def _chart(
    name: str,
    title: str,
    unit: str,
    rows: list[list[float | None]],
    length: int,
    *,
    y: tuple[float, float],
    beside: tuple[str, ...] = (),
    band: dict[str, Any] | None = None,
) -> dict[str, Any]:
    values = [row[1] for row in rows if row[1] is not None]
    return {
        "id": name,
        "title": title,
        "unit": unit,
        "x_label": _("Minute"),
        "x_min": 1,
        "x_max": length,
        "y_min": min([y[0], *values]),
        "y_max": max([y[1], *values]),
        "series": [title, *beside],
        "rows": rows,
        "band": band,
        "height": HEIGHT_PX,
    }
