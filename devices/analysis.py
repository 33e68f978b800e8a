"""The gating engine applied to recordings: the whole when it has ended, the last minute while it runs."""

import dataclasses
import logging
from datetime import datetime
from functools import partial

from django.db import transaction

from devices.gating.analyse import analyse
from devices.gating.config import ENGINE_VERSION, GatingConfig
from devices.models import GatingReport, Recording
from devices.signals import report_ready
from devices.storage import read_waveform

logger = logging.getLogger(__name__)


def config_for(recording: Recording) -> GatingConfig:
    """The engine's settings with what was prescribed; without a prescription attainment is not judged."""
    return prescribed_config(recording.prescribed_pressure_mmhg, recording.prescribed_minutes)


def prescribed_config(pressure_mmhg: int | None, minutes: int | None) -> GatingConfig:
    """The settings of one prescription; raises InvalidGatingConfig."""
    return GatingConfig(prescribed_pressure_mmhg=pressure_mmhg, prescribed_minutes=minutes)


def report_of(*, recording: Recording, now: datetime) -> GatingReport:
    """The report of a stored recording by this engine and configuration: the one there is, or a new one.

    Announces a new one after commit.
    """
    config = config_for(recording)
    identity = {
        "recording": recording,
        "engine_version": ENGINE_VERSION,
        "config_sha256": config.fingerprint(),
        "input_sha256": recording.file_sha256,
    }
    known = GatingReport.objects.filter(**identity).first()
    if known is not None:
        return known
    found = analyse(read_waveform(recording), config)
    with transaction.atomic():
        # Another worker may have been as far as this one: the constraint lets one of them in.
        report, is_new = GatingReport.objects.get_or_create(
            **identity,
            defaults={
                "config": dataclasses.asdict(config),
                "report": found.to_dict(),
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
