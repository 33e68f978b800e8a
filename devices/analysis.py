"""The gating engine applied to recordings: the whole when it has ended, the last minute while it runs."""

import dataclasses
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from django.db import transaction

from devices.beat_file import to_bytes
from devices.gating.analyse import analyse
from devices.gating.average import averages
from devices.gating.config import ENGINE_VERSION, GatingConfig
from devices.gating.report import GatingReport as Found
from devices.models import GatingReport, Recording
from devices.prescription import config_for
from devices.report_files import digest, keep_beats
from devices.signals import report_ready
from devices.storage import read_waveform


def identity_of(recording: Recording) -> dict[str, Any]:
    """What makes a report of this recording the one that this engine would make."""
    return {
        "recording": recording,
        "engine_version": ENGINE_VERSION,
        "config_sha256": config_for(recording).fingerprint(),
        "input_sha256": recording.file_sha256,
    }


def report_of(*, recording: Recording, now: datetime) -> GatingReport:
    """The report of a stored recording by this engine and configuration: the one there is, or a new one.

    Announces a new one after commit. Raises CannotStore or OSError where the recording's file cannot be read,
    DamagedReport where the store does not give back the beats that it was given.
    """
    known = GatingReport.objects.filter(**identity_of(recording)).first()
    if known is not None:
        return known
    made = make_report(recording)
    name, sha256 = keep_beats(recording, made.engine_version, made.config_sha256, made.beats)
    return _note(made, recording, name, sha256, now)


@dataclass(frozen=True, slots=True)
class Made:
    """An analysis that nothing has been kept of yet."""

    engine_version: str
    config: GatingConfig
    config_sha256: str
    found: Found
    beats: bytes


def make_report(recording: Recording) -> Made:
    """Analyse a stored recording; the same file and configuration give the same bytes."""
    config = config_for(recording)
    waveform = read_waveform(recording)
    found = analyse(waveform, config)
    beats = to_bytes(found.beats, averages(waveform, found.beats))
    return Made(ENGINE_VERSION, config, config.fingerprint(), found, beats)


def _note(made: Made, recording: Recording, name: str, sha256: str, now: datetime) -> GatingReport:
    found, content = made.found, made.found.to_dict()
    with transaction.atomic():
        # Another worker may have been as far as this one: the constraint lets one of them in.
        report, is_new = GatingReport.objects.get_or_create(
            **identity_of(recording),
            defaults={
                "config": dataclasses.asdict(made.config),
                "report": content,
                "report_sha256": digest(content),
                "beats_file": name,
                "beats_sha256": sha256,
                "made_at": now,
                "grade": found.grade.value,
                "effective_minutes": found.dose.effective_minutes.value,
                "ds_peak": found.augmentation.ds_peak.value,
                "ds_area": found.augmentation.ds_area.value,
            },
        )
        if is_new:
            transaction.on_commit(partial(report_ready.send_robust, sender=GatingReport, report=report))
    return report
