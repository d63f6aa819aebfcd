"""The Celery application: its broker carries nudges, never data."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("undersigned")
app.config_from_object("config.settings:CELERY")
app.autodiscover_tasks()
