"""Machines, their agents, and what they recorded. Nothing here knows a patient."""

import uuid
from datetime import datetime, timedelta

import pghistory
import pgtrigger
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateTimeRangeField, RangeOperators
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from devices.fields import SeqRangesField
from devices.report_columns import capping_column, figure_column
from eecp_clinic.codes import new_code
from eecp_clinic.models import Clinic, User


class DeviceQuerySet(models.QuerySet["Device"]):
    def of(self, clinic: Clinic) -> "DeviceQuerySet":
        return self.filter(clinic=clinic)

    def in_use(self) -> "DeviceQuerySet":
        return self.filter(is_active=True)


@pghistory.track()
class Device(models.Model):
    """One counterpulsation console."""

    class Kind(models.TextChoices):
        PNEUMATIC = "pneumatic", _("Pneumatic")
        HYDRAULIC = "hydraulic", _("Hydraulic (not covered by Medicare)")

    code = models.CharField(max_length=12, unique=True, default=new_code, editable=False)
    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="devices")
    name = models.CharField(_("name"), max_length=40)
    model = models.CharField(_("model"), max_length=80, blank=True)
    serial = models.CharField(_("serial number"), max_length=60)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices, default=Kind.PNEUMATIC)
    is_active = models.BooleanField(_("in use"), default=True)

    objects = DeviceQuerySet.as_manager()

    class Meta:
        ordering = ["clinic", "name"]
        constraints = [
            models.UniqueConstraint(fields=["clinic", "name"], name="device_name_once_per_clinic"),
            models.UniqueConstraint(fields=["clinic", "serial"], name="device_serial_once_per_clinic"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("devices:detail", args=[self.code])


class MaintenanceWindow(models.Model):
    """When a device cannot be used, and why."""

    device = models.ForeignKey(Device, on_delete=models.CASCADE, related_name="maintenance_windows")
    during = DateTimeRangeField(_("from, to"))
    reason = models.CharField(_("reason"), max_length=120)

    class Meta:
        ordering = ["during"]
        constraints = [
            ExclusionConstraint(
                name="maintenance_once_at_a_time",
                expressions=[("device", RangeOperators.EQUAL), ("during", RangeOperators.OVERLAPS)],
            )
        ]

    def __str__(self) -> str:
        return f"{self.device} {self.reason}"


class AgentKeyQuerySet(models.QuerySet["AgentKey"]):
    def good(self, now: datetime) -> "AgentKeyQuerySet":
        """Neither revoked nor past its end; ``devices.quick_store`` says the same in SQL."""
        return self.filter(models.Q(expires_at=None) | models.Q(expires_at__gt=now), revoked_at=None)


class AgentKey(models.Model):
    """The secret of one device's agent: kept as a hash, shown once, good for that device only."""

    device = models.ForeignKey(Device, on_delete=models.CASCADE, related_name="agent_keys")
    prefix = models.CharField(_("begins with"), max_length=12)
    # The key is 256 random bits, so a plain SHA-256 cannot be guessed back; a slow hash would only slow ingest.
    sha256 = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(_("made"))
    last_used_at = models.DateTimeField(_("last used"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)
    # Of a key that the agent replaced: good until then, or until the new one is first used.
    expires_at = models.DateTimeField(_("good until"), null=True, blank=True)
    replaces = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, blank=True, related_name="replacements"
    )

    objects = AgentKeyQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.prefix}…"


class EnrolmentCode(models.Model):
    """What a person types into a new agent to let it fetch its key: good once and for minutes, kept as a keyed hash."""

    device = models.ForeignKey(Device, on_delete=models.CASCADE, related_name="enrolment_codes")
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    digest = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField(_("made"))
    expires_at = models.DateTimeField(_("good until"))
    used_at = models.DateTimeField(_("used"), null=True, blank=True)

    class Meta:
        ordering = ["-made_at"]

    def __str__(self) -> str:
        return f"{self.device} {self.made_at:%H:%M:%S}"


class AgentStatus(models.Model):
    """The last heartbeat of a device's agent."""

    device = models.OneToOneField(Device, on_delete=models.CASCADE, related_name="agent_status")
    at = models.DateTimeField(_("last heard of"))
    agent_version = models.CharField(max_length=40, blank=True)
    source_state = models.CharField(max_length=20, blank=True)
    source_since = models.DateTimeField(_("in that state since"), null=True)
    patient_connected = models.BooleanField(_("a patient is connected"), null=True)
    spool_unsent = models.PositiveIntegerField(default=0)
    spool_bytes = models.BigIntegerField(null=True)
    disk_free_bytes = models.BigIntegerField(null=True)
    clock_offset_ms = models.BigIntegerField(_("agent clock minus server clock"), null=True)
    clock_round_trip_ms = models.BigIntegerField(_("round trip of that measurement"), null=True)
    device_offset_ms = models.BigIntegerField(_("device clock minus agent clock"), null=True)

    def __str__(self) -> str:
        return f"{self.device} {self.at:%H:%M:%S}"


class RecordingQuerySet(models.QuerySet["Recording"]):
    def open(self) -> "RecordingQuerySet":
        return self.filter(closed_at__isnull=True)

    def to_store(self) -> "RecordingQuerySet":
        """Ended, and some of it is in no file yet."""
        waits = models.Q(stored_at=None) | models.Q(late_chunks_at__isnull=False)
        return self.filter(waits, closed_at__isnull=False)


class Recording(models.Model):
    """One continuous capture by an agent, named by a UUID that the agent made.

    Times called *device time* are by the device's clock and order the samples; ``*_at`` without that mark are
    by the server's clock. ``clock_offset_ms`` is device clock minus server clock, measured when it was opened.
    """

    uuid = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    device = models.ForeignKey(Device, on_delete=models.PROTECT, related_name="recordings")
    manifest = models.JSONField(_("manifest as the agent gave it"))
    started_at = models.DateTimeField(_("first sample, device time"))
    clock_offset_ms = models.BigIntegerField(null=True)
    # What the agent measured while it recorded: rows of devices.protocol.ClockNote
    clocks = models.JSONField(_("measurements of the clocks"), default=list, blank=True)
    opened_at = models.DateTimeField(_("opened"))
    last_chunk_at = models.DateTimeField(_("last chunk arrived"), null=True)
    closed_at = models.DateTimeField(_("closed"), null=True)
    # -1: the agent closed a recording without chunks. Null on a closed recording: closed for the agent's silence.
    last_seq = models.IntegerField(_("last chunk, as the agent said"), null=True)
    ended_at = models.DateTimeField(_("last sample, device time"), null=True)
    received = SeqRangesField(_("numbers of the chunks that arrived"), default=tuple)
    # What the treatment prescribed, told by whoever binds the recording; without it attainment is not judged.
    prescribed_pressure_mmhg = models.PositiveSmallIntegerField(null=True)
    prescribed_minutes = models.PositiveSmallIntegerField(null=True)
    # The newest file; StoredFile keeps every one that there was.
    stored_at = models.DateTimeField(_("stored"), null=True)
    file = models.FileField(_("EDF+ file"), max_length=200, blank=True)
    file_sha256 = models.CharField(_("SHA-256 of the file"), max_length=64, blank=True)
    chunks_sha256 = models.CharField(_("SHA-256 over the chunks' hashes in order"), max_length=64, blank=True)
    verified_at = models.DateTimeField(_("file read back and verified"), null=True)
    gap_seconds = models.FloatField(null=True)
    # Rows of devices.running of the newest file; null where it was stored before they were kept
    running = models.JSONField(_("when the cuffs worked, by the device's events"), null=True, blank=True)
    late_chunks_at = models.DateTimeField(_("chunks arrived that are not in the file"), null=True)
    failure = models.CharField(_("why it could not be stored or analysed"), max_length=200, blank=True)
    # The last minute while it runs
    live = models.JSONField(null=True)
    live_at = models.DateTimeField(null=True)

    objects = RecordingQuerySet.as_manager()

    class Meta:
        ordering = ["-started_at"]
        indexes = [models.Index(fields=["device", "-started_at"], name="recording_by_device")]

    def __str__(self) -> str:
        return f"Recording {self.uuid}"

    @property
    def is_open(self) -> bool:
        return self.closed_at is None

    @property
    def is_verified(self) -> bool:
        return self.verified_at is not None

    def overlaps(self, start: datetime, end: datetime | None, slack: timedelta) -> bool:
        """Whether the capture, widened by ``slack``, shares time with [start, end)."""
        own_end = self.ended_at
        starts_before_end = end is None or self.started_at - slack < end
        return starts_before_end and (own_end is None or start < own_end + slack)


class RecordingImport(models.Model):
    """A file that a person gave: read, cut into chunks, and waiting to be confirmed; then where a recording came from.

    ``chunks`` is what would be stored, and nothing else of the file: not its name, nor what its header says of a
    patient.
    """

    code = models.CharField(max_length=12, unique=True, default=new_code, editable=False)
    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+")
    device = models.ForeignKey(Device, on_delete=models.PROTECT, related_name="imports")
    uploaded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField(_("uploaded"))
    sha256 = models.CharField(_("SHA-256 of the file"), max_length=64)
    found = models.JSONField(_("what was found in it"))
    # As the file says it, in the clinic's zone where it names none; null where it does not say.
    started_at = models.DateTimeField(_("first sample"), null=True)
    chunks = models.FileField(_("chunks that wait"), max_length=200, blank=True)
    recording = models.OneToOneField(
        Recording, on_delete=models.PROTECT, null=True, blank=True, related_name="source_import"
    )

    class Meta:
        ordering = ["-uploaded_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["clinic", "sha256"],
                condition=models.Q(recording__isnull=False),
                name="file_imported_once_per_clinic",
            )
        ]

    def __str__(self) -> str:
        return f"Import {self.code}"

    def get_absolute_url(self) -> str:
        return reverse("devices:import-confirm", args=[self.device.code, self.code])


class Chunk(models.Model):
    """A numbered piece of a recording, byte for byte as the agent sent it."""

    # Without an index of its own: the one of the constraint begins with it, and each chunk would pay for both.
    recording = models.ForeignKey(Recording, on_delete=models.CASCADE, related_name="chunks", db_index=False)
    seq = models.PositiveIntegerField()
    sha256 = models.BinaryField(max_length=32)
    data = models.BinaryField()
    received_at = models.DateTimeField()

    class Meta:
        ordering = ["recording", "seq"]
        constraints = [models.UniqueConstraint(fields=["recording", "seq"], name="chunk_once_per_number")]
        triggers = [pgtrigger.Protect(name="chunk_is_never_overwritten", operation=pgtrigger.Update)]

    def __str__(self) -> str:
        return f"{self.recording_id} {self.seq}"


class ChunkConflict(models.Model):
    """What contradicts something that was committed before it: kept aside and shown, never an overwrite."""

    class Kind(models.TextChoices):
        NUMBER = "number", _("Other bytes under a number that was taken")
        SAMPLES = "samples", _("Samples of a time that another chunk holds")

    recording = models.ForeignKey(Recording, on_delete=models.CASCADE, related_name="conflicts")
    kind = models.CharField(max_length=8, choices=Kind.choices, default=Kind.NUMBER)
    seq = models.PositiveIntegerField()
    sha256 = models.BinaryField(max_length=32)
    data = models.BinaryField()
    received_at = models.DateTimeField()

    class Meta:
        ordering = ["recording", "seq"]
        constraints = [
            models.UniqueConstraint(fields=["recording", "seq", "sha256"], name="conflict_once_per_content")
        ]

    def __str__(self) -> str:
        return f"{self.recording_id} {self.seq}"


class StoredFile(models.Model):
    """One version of a recording's file. A later one stands beside it, so what was signed stays what it was."""

    recording = models.ForeignKey(Recording, on_delete=models.PROTECT, related_name="files")
    version = models.PositiveSmallIntegerField()
    file = models.FileField(_("EDF+ file"), max_length=200)
    file_sha256 = models.CharField(_("SHA-256 of the file"), max_length=64)
    chunks_sha256 = models.CharField(_("SHA-256 over the chunks' hashes in order"), max_length=64)
    received = SeqRangesField(_("numbers of the chunks in it"))
    ended_at = models.DateTimeField(_("last sample, device time"), null=True)
    gap_seconds = models.FloatField(null=True)
    stored_at = models.DateTimeField(_("stored, read back and verified"))

    class Meta:
        ordering = ["recording", "version"]
        constraints = [models.UniqueConstraint(fields=["recording", "version"], name="file_once_per_version")]
        triggers = [pgtrigger.Protect(name="file_is_final", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.recording_id} version {self.version}"


class PrunedChunks(models.Model):
    """The hashes of chunks whose bytes were let go, because a verified file holds what they held."""

    recording = models.ForeignKey(Recording, on_delete=models.CASCADE, related_name="pruned")
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="pruned")
    seqs = ArrayField(models.IntegerField())
    sha256s = models.BinaryField()  # 32 bytes for each of seqs, in their order
    pruned_at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
        triggers = [pgtrigger.Protect(name="hashes_are_final", operation=pgtrigger.Update)]

    def __str__(self) -> str:
        return f"{self.recording_id} {len(self.seqs)} chunks"

    def hashes(self) -> dict[int, bytes]:
        """The SHA-256 of each number."""
        whole = bytes(self.sha256s)
        return {seq: whole[32 * at : 32 * at + 32] for at, seq in enumerate(self.seqs)}


class GatingReport(models.Model):
    """What the analysis found in one recording, with the version and the configuration that found it."""

    code = models.CharField(max_length=12, unique=True, default=new_code, editable=False)
    recording = models.ForeignKey(Recording, on_delete=models.PROTECT, related_name="reports")
    engine_version = models.CharField(max_length=20)
    config = models.JSONField()
    config_sha256 = models.CharField(max_length=64)
    input_sha256 = models.CharField(max_length=64)
    report = models.JSONField()
    report_sha256 = models.CharField(_("SHA-256 of the report's canonical text"), max_length=64, blank=True)
    # Its beats and their averages, as devices/beat_file.py lays them out; empty on reports made before these were kept.
    beats_file = models.FileField(_("file of the beats"), max_length=200, blank=True)
    beats_sha256 = models.CharField(_("SHA-256 of the beats"), max_length=64, blank=True)
    made_at = models.DateTimeField()
    # Read often, by course pages and lists; copies of what the report says, null where it could not say.
    grade = models.CharField(max_length=20)
    effective_minutes = models.FloatField(null=True)
    ds_peak = models.FloatField(null=True)
    ds_area = models.FloatField(null=True)
    # The same, copied by the database: medians in mmHg, ms and bpm, shares 0..1.
    pressure_mmhg = figure_column("pressure", "plateau_mmhg")
    inflation_ms = figure_column("inflation", "off_inf_ms")
    inflation_good_share = figure_column("inflation", "good_share")
    deflation_ms = figure_column("deflation", "lead_ej_ms")
    late_share = figure_column("deflation", "late_share")
    heart_rate_bpm = figure_column("rhythm", "hr_bpm")
    ectopy_share = figure_column("rhythm", "ectopy_share")
    grade_reason = capping_column()

    class Meta:
        ordering = ["-made_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["recording", "engine_version", "config_sha256", "input_sha256"],
                name="report_once_per_engine_and_input",
            )
        ]
        triggers = [pgtrigger.Protect(name="report_is_final", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"Report {self.code}"
