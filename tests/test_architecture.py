"""The pure rooms are pure: each can be imported where Django, Celery and the rest do not exist."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PURE_FOLDERS = [
    "devices/gating",
    "devices/pictures",
    "devices/simulator",
    "devices/agent",
    "courses/billing/cms1500",
    "courses/billing/x12",
    "patients/eligibility",
    "patients/fhir/reading",
]
PURE_MODULES = [
    "devices.waveform",
    "devices.protocol",
    "devices.chunks",
    "devices.assembly",
    "devices.npz",
    "devices.beat_file",
    "devices.report_changes",
    "patients.safety",
    "patients.plain_text",
    "patients.search_words",
    "patients.look_alike",
    "patients.phones",
    "patients.member_ids",
    "patients.csv_list",
    "patients.papers",
    "patients.pdf_actions",
    "patients.authorized",
    "patients.fhir.codes",
    "patients.hl7v2.adt",
    "eecp_clinic.drafts.merge",
    "eecp_clinic.fhir.given",
    "eecp_clinic.fhir.outcomes",
    "courses.claim_states",
    "courses.scheduling.planner",
    "courses.scheduling.repair",
    "courses.scheduling.makeup",
    "courses.scheduling.staffing",
    "courses.scheduling.clashes",
    "courses.scheduling.feasibility",
    "courses.scheduling.remaining",
    "courses.treatment.minutes",
    "courses.treatment.limits",
    "courses.progress.augmentation",
    "courses.progress.clinic_figures",
    "courses.progress.dasi",
    "courses.progress.decisions",
    "courses.progress.early_response",
    "courses.progress.exceptions",
    "courses.progress.extension",
    "courses.progress.glance",
    "courses.progress.milestones",
    "courses.progress.monthly",
    "courses.progress.outcome_windows",
    "courses.progress.supervision_log",
    "courses.progress.work_items",
    "courses.treatment.audio_video",
    "courses.progress.published",
    "courses.progress.registry",
    "courses.progress.small_counts",
    "courses.progress.trends",
    "courses.progress.weekly",
    "courses.billing.scrubber",
    "courses.billing.grouping",
    "eecp_clinic.dollars",
    "courses.billing.postings",
    "courses.billing.later_payers",
    "courses.billing.modifiers",
    "courses.billing.fee_csv",
    "courses.billing.readiness",
    "eecp_clinic.identifiers",
]


def modules() -> list[str]:
    inside = [
        ".".join(path.relative_to(ROOT).with_suffix("").parts)
        for folder in PURE_FOLDERS
        for path in sorted((ROOT / folder).rglob("*.py"))
        if path.stem not in {"__init__", "__main__"}
    ]
    return sorted([*PURE_MODULES, *inside])


BLOCK = """
import sys
class Blocked:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {"django", "rest_framework", "celery", "psycopg", "redis"}:
            raise ImportError(f"{name} is not for pure modules")
sys.meta_path.insert(0, Blocked())
import importlib
for name in sys.argv[1:]:
    importlib.import_module(name)
"""


def test_pure_modules_are_there() -> None:
    assert len(modules()) > len(PURE_MODULES)


@pytest.mark.parametrize("room", ["devices", "patients", "courses", "eecp_clinic"])
def test_pure_modules_import_without_django(room: str) -> None:
    names = [name for name in modules() if name.startswith(f"{room}.")]
    result = subprocess.run(
        [sys.executable, "-c", BLOCK, *names], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stderr
