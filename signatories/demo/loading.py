"""Loading the demo: an invented letter, 80 invented signatories and 12 that wait, and an earlier letter. Never a real organisation."""

import tomllib
from pathlib import Path
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction

from campaigns import marks
from campaigns.choices import Role
from campaigns.models import Campaign, CampaignRole, Host
from signatories.demo import letters, mark, signatures
from signatories.models import Organisation

FOLDER = Path(__file__).parent
ACCOUNT = "demo"


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads(_text(name))


def _text(name: str) -> str:
    return (FOLDER / name).read_text(encoding="utf-8")


def is_loaded() -> bool:
    return Campaign.objects.filter(slug=_read("campaign.toml")["slug"]).exists()


@transaction.atomic
def load(password: str) -> Campaign:
    """Makes the demo account with `password`, the letter with its signatories and its queue, and the one that it follows up."""
    user = User.objects.create_superuser(ACCOUNT, password=password)
    facts, before = _read("campaign.toml"), _read("earlier.toml")
    named = {key: facts["host"][key] for key in ("name", "website", "mailbox")}
    host = Host.objects.create(**named)
    marks.put_on(host, mark.drawn())
    # What is the same for both letters stands once, with the newer one.
    same = {key: facts[key] for key in ("language", "host", "privacy", "consents")}
    earlier = letters.make(same | before, _text("earlier.md"), host)
    campaign = letters.make(facts, _text("letter.md"), host, follows=earlier)
    register: dict[str, Organisation] = {}
    for letter, signed in (
        (earlier, before["signatories"]),
        (campaign, _read("signatories.toml")["signatories"]),
    ):
        CampaignRole.objects.bulk_create(CampaignRole(user=user, campaign=letter, role=role) for role in Role)
        for each in signed:
            signatures.accepted(letter, each, register, user)
        letters.note_milestones(letter)
    for each in _read("queue.toml")["queue"]:
        signatures.waiting(campaign, each, user)
    return campaign
