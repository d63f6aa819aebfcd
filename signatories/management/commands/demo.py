"""`manage.py demo`: loads the demo letter once, with an account of its own."""

import os
import secrets
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from campaigns.models import Campaign
from signatories.demo import loading


class Command(BaseCommand):
    help = "Loads the demo letter with invented signatories, once. Its password is DEMO_PASSWORD, else a random one."

    def handle(self, *args: Any, **options: Any) -> None:
        if loading.is_loaded():
            self.stdout.write("The demo is there already.")
            return
        if Campaign.objects.exists():
            raise CommandError("There are real campaigns here. The demo belongs on a site of its own.")
        given = os.environ.get("DEMO_PASSWORD", "")
        password = given or secrets.token_urlsafe(12)
        campaign = loading.load(password)
        count = campaign.signatures.tally().count
        self.stdout.write(f"The demo letter “{campaign.slug}” is there, with {count} signatories.")
        if not given:
            self.stdout.write(f"Log-in: {loading.ACCOUNT} / {password}")
