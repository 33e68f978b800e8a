"""The flowsheet as the page shows it: rows as text, and a form for the next with what the device gives now."""

from datetime import datetime
from typing import Any

from courses.models import Session
from courses.treatment import forms, tile


def flowsheet_of(session: Session, now: datetime) -> dict[str, Any]:
    """The rows, and a form for the next; what the device gives stands in it, marked and sealed."""
    given = tile.device_values(session, now) if session.is_running else None
    rows = flow_rows(session)
    # Each next row has ids of its own: else htmx would put the focus back where the last row was left.
    ids = f"id_{len(rows)}_%s" if session.is_running else "id_%s"
    return {
        "readings": rows,
        "reading_form": forms.ReadingForm(
            by_device=given is not None, over=not session.is_running, auto_id=ids
        ),
        "device_row": device_row(given),
        "device_token": tile.sealed(session, given),
        "now": now,
    }


def flow_rows(session: Session) -> list[dict[str, Any]]:
    """The flowsheet's rows as text, each value knowing whether the device gave it."""
    rows = []
    for reading in session.readings.all():
        pressure = (reading.systolic_mmhg, reading.diastolic_mmhg)
        values = {
            "pressure_mmhg": _text(reading.pressure_mmhg),
            "heart_rate_bpm": _text(reading.heart_rate_bpm),
            "bp": "/".join("–" if part is None else str(part) for part in pressure) if any(pressure) else "",
            "spo2_percent": _text(reading.spo2_percent),
            "ds_peak": _text(reading.ds_peak),
            "inflation_ms": tile.signed(reading.inflation_ms) or "",
        }
        cells = [{"text": text, "from_device": name in reading.from_device} for name, text in values.items()]
        rows.append({"at": reading.at, "cells": cells, "note": reading.note})
    return rows


def _text(value: object) -> str:
    return "" if value is None else str(value)


def device_row(given: dict[str, Any] | None) -> dict[str, str]:
    """The device's values as the row shows them; "–" where it gives none."""
    values = dict(given or {})
    inflation = tile.signed(values.get("inflation_ms"))
    return {
        name: "–" if values.get(name) is None else str(values[name])
        for name in ("pressure_mmhg", "heart_rate_bpm", "ds_peak")
    } | {"inflation_ms": inflation or "–"}
