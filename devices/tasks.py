"""Work in the background. Every task may run twice, at once or again; the database says what is due."""

from datetime import timedelta
from uuid import UUID

from celery import shared_task
from django.core.cache import cache
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from devices.analysis import report_of
from devices.importing import forget_unconfirmed
from devices.live_figures import refresh_figures
from devices.models import Chunk, GatingReport, Recording
from devices.notices import enqueue_figures, enqueue_finish
from devices.recordings import SILENCE, close_silent
from devices.storage import KEPT, prune, store
from devices.tile_store import head_of

#: A recording that got a chunk so recently is still running, as far as the live tile is concerned.
LIVE = timedelta(seconds=30)
#: Figures that are already of the newest samples need no second look.
NEW_SAMPLES = Q(live_at=None) | Q(last_chunk_at__gt=F("live_at"))
EVERY_S = 2.0
#: Late chunks come in a row: the file is made again once they have stopped.
SETTLED = timedelta(seconds=10)
#: How long one request for work is given before the sweep repeats it.
PATIENCE_S = 300
PRUNED_AT_ONCE = 20


@shared_task(soft_time_limit=540, time_limit=600)
def finish_recording(uuid: str) -> None:
    """Store a recording that is over as one verified file, and analyse it."""
    if store(uuid=UUID(uuid), now=timezone.now()):
        recording = Recording.objects.get(pk=uuid)
        report_of(recording=recording, now=timezone.now())
        head_of(recording, recording)  # so that the first who opens the replay does not wait


@shared_task(soft_time_limit=20, time_limit=30)
def refresh_live_figures() -> None:
    """Ask for the last minute of every running recording, each by itself, so that none waits for another's fault."""
    running = Recording.objects.open().filter(last_chunk_at__gte=timezone.now() - LIVE)
    for uuid in running.filter(NEW_SAMPLES).values_list("pk", flat=True):
        enqueue_figures(uuid, expires_s=EVERY_S)


@shared_task(soft_time_limit=20, time_limit=30)
def refresh_figures_of(uuid: str) -> None:
    """The last minute of one running recording, for its tile."""
    recording = Recording.objects.open().filter(NEW_SAMPLES, pk=uuid).first()
    if recording is not None:
        refresh_figures(recording=recording, now=timezone.now())


@shared_task(soft_time_limit=60, time_limit=90)
def sweep_recordings() -> None:
    """Whatever is due and was not begun: recordings fallen silent, not stored, or without a report."""
    now = timezone.now()
    silent = Q(last_chunk_at__lt=now - SILENCE) | Q(last_chunk_at=None, opened_at__lt=now - SILENCE)
    for uuid in Recording.objects.open().filter(silent).values_list("pk", flat=True):
        close_silent(uuid=uuid, now=now)
    settled = Q(last_chunk_at__lt=now - SETTLED) | Q(last_chunk_at=None)
    due = Recording.objects.to_store().filter(settled, failure="").values_list("pk", flat=True)
    of_its_file = GatingReport.objects.filter(recording=OuterRef("pk"), input_sha256=OuterRef("file_sha256"))
    unjudged = Recording.objects.filter(~Exists(of_its_file), stored_at__isnull=False, failure="")
    for uuid in [*due, *unjudged.values_list("pk", flat=True)]:
        if cache.add(f"devices:finish:{uuid}", True, PATIENCE_S):
            enqueue_finish(uuid)


@shared_task(soft_time_limit=60, time_limit=90)
def forget_imports() -> None:
    """Let go of files that were uploaded and never confirmed."""
    forget_unconfirmed(now=timezone.now())


@shared_task(soft_time_limit=540, time_limit=600)
def prune_chunks() -> None:
    """Let go of the chunks of recordings that were stored and verified long ago, a few at a time."""
    now = timezone.now()
    old = Recording.objects.filter(
        Exists(Chunk.objects.filter(recording=OuterRef("pk"))),
        verified_at__lt=now - KEPT,
        late_chunks_at=None,
    )
    for uuid in old.order_by("stored_at").values_list("pk", flat=True)[:PRUNED_AT_ONCE]:
        prune(uuid=uuid, now=now)
