"""Bring the database, the static files and the demo letter up to date before the demo's processes start."""

import django
import redis
from django.conf import settings
from django.core.management import call_command


def main() -> None:
    django.setup()
    redis.Redis.from_url(settings.REDIS_URL).ping()  # REDIS_URL may name a server that is not there
    call_command("migrate", interactive=False)
    call_command("collectstatic", interactive=False, verbosity=0)
    call_command("demo")


if __name__ == "__main__":
    main()
