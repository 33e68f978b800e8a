"""The Celery application. Messages carry ids only; every task may run twice; the database is the truth."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "eecp_clinic.settings")

app = Celery("eecp_clinic")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.update(
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    task_ignore_result=True,
    # Several installations may share one broker: each has a queue of its own.
    task_default_queue=os.environ.get("CELERY_QUEUE", "celery"),
    task_time_limit=900,
    task_soft_time_limit=840,
    worker_prefetch_multiplier=1,
    worker_hijack_root_logger=False,
    broker_connection_retry_on_startup=True,
    broker_transport_options={"visibility_timeout": 1800},
    beat_schedule={
        "devices-live-figures": {"task": "devices.tasks.refresh_live_figures", "schedule": 2.0},
        "devices-sweep": {"task": "devices.tasks.sweep_recordings", "schedule": 15.0},
        "devices-prune": {"task": "devices.tasks.prune_chunks", "schedule": 900.0},
        "devices-forget-imports": {"task": "devices.tasks.forget_imports", "schedule": 3600.0},
        "courses-reminders": {"task": "courses.tasks.send_reminders", "schedule": 600.0},
        "courses-answer-folders": {"task": "courses.tasks.read_answer_folders", "schedule": 60.0},
        "courses-work-mail": {"task": "courses.tasks.send_work_mail", "schedule": 600.0},
        "drafts-prune": {"task": "eecp_clinic.tasks.prune_drafts", "schedule": 3600.0},
        "courses-sweep": {"task": "courses.tasks.sweep", "schedule": 30.0},
    },
)
app.autodiscover_tasks()
