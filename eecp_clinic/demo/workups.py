"""What is known of the demo's patients: one workup that meets NCD 20.20, and what each blocked patient lacks."""

from datetime import date, timedelta
from typing import Any


def complete(today: date) -> dict[str, Any]:
    """A workup that meets every criterion on ``today``."""
    return {
        "ccs_class": 3,
        "ccs_assessed_on": today - timedelta(days=9),
        "angina_stability": "stable",
        "stable_since": today - timedelta(days=80),
        "angina_is_primary": True,
        "opinion_by": "C. Specialist-Example, MD",
        "opinion_specialty": "cardiology",
        "opinion_on": today - timedelta(days=9),
        "opinion_reasons": ["anatomy_not_amenable"],
        "cad_proven": True,
        "medical_therapy_maximal": True,
        "therapy_tried": ["beta_blocker", "long_acting_nitrate", "ranolazine", "statin", "pci"],
        "cac_agatston": 640,
        "cac_on": today - timedelta(days=400),
        "lvef_percent": 52,
        "nyha_class": 2,
        "diagnoses": ["I25.112"],
        "device_kind": "pneumatic",
        "earlier_course": False,
        "prior_sessions_in_course": 0,
        "history_and_physical_on": today - timedelta(days=9),
        "ecg_on": today - timedelta(days=9),
        "notes": "",
    }


def blocked(why: str, today: date) -> dict[str, Any]:
    """The workup of somebody who is blocked, and by what."""
    changes: dict[str, dict[str, Any]] = {
        "ccs_2": {"ccs_class": 2},
        "unstable": {"angina_stability": "unstable", "stable_since": None, "diagnoses": ["I25.110"]},
        "family_physician": {"opinion_specialty": "family_medicine"},
        "preference": {"opinion_reasons": ["patient_preference"]},
        "calcium_only": {
            "ccs_class": 0,
            "angina_stability": "",
            "stable_since": None,
            "angina_is_primary": False,
            "opinion_by": "",
            "opinion_specialty": "",
            "opinion_on": None,
            "opinion_reasons": [],
            "cad_proven": None,
            "cac_agatston": 1240,
            "diagnoses": ["I25.10"],
        },
        "class_missing": {"ccs_class": None, "ccs_assessed_on": None},
    }
    return complete(today) | changes[why]


def begun(today: date) -> dict[str, Any]:
    """What a referral letter says before anybody has seen the patient."""
    return {
        "angina_stability": "stable",
        "cad_proven": True,
        "therapy_tried": ["beta_blocker", "statin"],
        "diagnoses": ["I25.119"],
        "notes": "Referral letter received; specialist's opinion asked for.",
    } | ({"ccs_class": 3, "ccs_assessed_on": today} if today.day % 2 else {})
