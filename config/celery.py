"""The Celery application: its broker carries nudges, never data."""

import logging.config
import os
from typing import Any

from celery import Celery
from celery.signals import setup_logging, worker_process_init
from django.conf import settings

from config import garbage

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("undersigned")
app.config_from_object("config.settings:CELERY")
app.autodiscover_tasks()


@setup_logging.connect
def log_as_django_does(**_of_the_signal: Any) -> None:
    """With a receiver here Celery leaves logging alone: its lines look like everybody else's and go the same way."""
    logging.config.dictConfig(settings.LOGGING)


@worker_process_init.connect
def look_less_often_for_garbage(**_of_the_signal: Any) -> None:
    garbage.look_less_often()
