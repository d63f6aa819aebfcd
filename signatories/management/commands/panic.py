"""Erases every contact of a letter now, after asking twice."""

from argparse import ArgumentParser
from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError

from campaigns.models import Campaign
from signatories.models import Contact, Signature
from signatories.retention.panicking import panic
from signatories.states import State

SURE = "erase"


class Command(BaseCommand):
    help = (
        "Erases every contact of a letter now: names, mailboxes, notes, waiting mail. List and count stay. Asks twice;"
        " both answers can come from standard input, a line each."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slug", help="the letter, as in its address")
        parser.add_argument(
            "--by", required=True, metavar="USERNAME", help="who of the staff does it: it is logged"
        )

    def handle(self, *args: Any, slug: str, by: str, **options: Any) -> None:
        campaign = Campaign.objects.filter(slug=slug).first()
        if campaign is None:
            raise CommandError(f"There is no letter “{slug}”.")
        user = User.objects.filter(username=by, is_active=True, is_staff=True).first()
        if user is None:
            raise CommandError("--by names nobody of the staff.")
        contacts = Contact.objects.filter(signature__campaign=campaign).count()
        unconfirmed = Signature.objects.filter(campaign=campaign, state=State.SUBMITTED).count()
        self.stdout.write(
            f"{contacts} contacts of “{slug}” will be erased for good, {unconfirmed} unconfirmed forms end."
            " Nobody can be written to any more. List and count stay."
        )
        self._ask("Type the letter's address to go on: ", slug)
        self._ask(f"Nothing brings them back but a backup. Type “{SURE}” to do it: ", SURE)
        done = panic(campaign=campaign, by=user)
        if not done.anything:
            self.stdout.write("There was nothing to do.")
            return
        self.stdout.write(
            f"Done: {done.contacts} contacts erased, {done.expired} unconfirmed forms ended, {done.leftovers} other rows emptied."
            " Backups still hold them: delete those, or keep their keys apart."
        )

    def _ask(self, question: str, wanted: str) -> None:
        self.stdout.write(question, ending="")
        self.stdout.flush()
        try:
            answer = input().strip()
        except EOFError:
            answer = ""
        if answer != wanted:
            raise CommandError("Nothing was done: both answers are needed.")
