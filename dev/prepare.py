"""Bring the database, the static files and the demo letter up to date before the demo's processes start."""

import django
from django.core.management import call_command


def main() -> None:
    django.setup()
    call_command("migrate", interactive=False)
    call_command("collectstatic", interactive=False, verbosity=0)
    call_command("demo")


if __name__ == "__main__":
    main()
