"""What the whole site shares: settings, addresses, the Celery application, the WSGI wrapper."""

from config.celery import app as celery_app

__all__ = ["celery_app"]
