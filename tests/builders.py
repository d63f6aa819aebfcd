"""Small worlds for tests: each builder makes one thing with sensible defaults and takes what the test cares about."""

import io
from datetime import timedelta
from itertools import count

from django.contrib.auth.models import Group, User
from django.utils import timezone
from PIL import Image, ImageDraw

from campaigns.choices import ConsentKind, Role, Stage
from campaigns.models import (
    Ask,
    AskText,
    Campaign,
    CampaignRole,
    CampaignText,
    ConsentText,
    Host,
    LetterText,
    LetterVersion,
    Topic,
    TopicName,
)
from campaigns.versions import freeze
from signatories import disputing, moderation, signing, tokens
from signatories.identity import mailboxes
from signatories.models import Dispute, MailLink, Signature
from signatories.signing import Entry
from signatories.states import EvidenceKind, State

PASSWORD = "correct-horse-battery-staple"
_numbers = count(1)


def make_campaign(
    slug="letter-a",
    *,
    title="A letter for defenders",
    body="Dear Secretary-General,\n\nplease **act**.",
    stage=Stage.PUBLIC,
    asks=("Speak out.", "Train your staff."),
    frozen=True,
    **fields,
):
    """An open campaign with a frozen English letter, two asks and both consent wordings."""
    now = timezone.now()
    host, _ = Host.objects.get_or_create(name="Example Host", defaults={"mailbox": "host@host.example"})
    fields = {
        "opens_at": now - timedelta(days=10),
        "closes_at": now + timedelta(days=10),
        "zone": "Europe/Zurich",
        **fields,
    }
    campaign = Campaign.objects.create(slug=slug, host=host, stage=stage, **fields)
    CampaignText.objects.create(
        campaign=campaign,
        language="en",
        addressee_office="The next Secretary-General",
        how_verified="We check every signature.",
        privacy_notice="We keep little.",
    )
    for kind in ConsentKind:
        ConsentText.objects.create(
            campaign=campaign, kind=kind, language="en", wording=f"Wording of {kind.value}."
        )
    version = LetterVersion.objects.create(campaign=campaign, number=1)
    LetterText.objects.create(version=version, language="en", title=title, body=body)
    for position, text in enumerate(asks, start=1):
        AskText.objects.create(
            ask=Ask.objects.create(campaign=campaign, position=position), language="en", text=text
        )
    if frozen:
        freeze(version)
    return campaign


def make_picture(kind="PNG", *, size=(600, 200), mode="RGBA", **options):
    """The bytes of a picture: a blue disc and a bar at the end, on nothing, or on black where a kind knows no transparency."""
    picture, (width, height) = Image.new("RGBA", size), size
    drawing = ImageDraw.Draw(picture)
    drawing.ellipse((0, 0, min(size) - 1, min(size) - 1), fill=(20, 70, 160, 255))
    drawing.rectangle((max(0, width - 3), 0, width - 1, height - 1), fill=(20, 70, 160, 255))
    file = io.BytesIO()
    picture.convert(mode).save(file, kind, **options)
    return file.getvalue()


def make_topic(campaign, name, slug):
    topic = Topic.objects.create(slug=slug)
    TopicName.objects.create(topic=topic, language="en", name=name)
    campaign.topics.add(topic)
    return topic


def make_entry(**answers):
    """What a form says, cleaned; a new organisation with a mailbox on its own website each time."""
    number = next(_numbers)
    return Entry(
        **{
            "name": f"Example Organisation {number}",
            "website": f"https://organisation{number}.example",
            "country_code": "KE",
            "org_type": "ngo",
            "contact_name": f"Contact Person {number}",
            "contact_role": "Director",
            "mailbox": f"director@organisation{number}.example",
            **answers,
        }
    )


def make_signature(campaign, *, state=State.ACCEPTED, by=None, language="en", **answers):
    """A signature that went the product's own way up to `state` (submitted, confirmed, on_hold, accepted, rejected)."""
    entry = make_entry(**answers)
    signing.sign(campaign=campaign, entry=entry, language=language)
    signature = Signature.objects.filter(campaign=campaign).latest("pk")
    if state == State.SUBMITTED:
        return signature
    signing.confirm(token=fresh_token(signature))
    signature = Signature.objects.get(pk=signature.pk)
    if state == State.CONFIRMED:
        return signature
    by = by or make_superuser()
    if state == State.ON_HOLD:
        moderation.hold(signature=signature, by=by)
    elif state == State.REJECTED:
        moderation.reject(signature=signature, by=by, reason="no_evidence")
    elif state == State.ACCEPTED:
        give_evidence(signature, by)
        moderation.accept(signature=signature, by=by)
    else:
        raise AssertionError(f"no way to {state}")
    return Signature.objects.get(pk=signature.pk)


def make_dispute(signature, mailbox="reader@paper.example", *, words="They never signed.", confirmed=True):
    """A dispute of a public line, by a form and, unless the test wants it otherwise, by its link.

    A mailbox gets one mail in a minute: who disputes a second line does it by another one. Raises DoesNotExist if it isn't.
    """
    disputing.dispute(
        signature=signature,
        objection=disputing.Objection(mailbox=mailbox, words=words, language="en"),
    )
    same = Dispute.objects.filter(signature=signature, mailbox_hash=mailboxes.lookup_hash(mailbox))
    dispute = same.latest("pk")
    if confirmed:
        token = tokens.new_token()
        MailLink.objects.filter(dispute=dispute).update(digest=tokens.digest(token))
        disputing.confirm_dispute(token=token, words=words)
    return Dispute.objects.select_related("signature").get(pk=dispute.pk)


def give_evidence(signature, by, kind=EvidenceKind.KNOWN, **fields):
    return moderation.add_evidence(signature=signature, by=by, kind=kind, **fields)


def fresh_token(signature):
    """A confirmation token of `signature`, as a mail would carry it."""
    token = tokens.new_token()
    now = timezone.now()
    signature.links.create(
        purpose="confirm", digest=tokens.digest(token), created_at=now, expires_at=now + timedelta(hours=72)
    )
    return token


def make_user(username="moderator", *, groups=(), roles=(), **fields):
    """A member of staff; `roles` are pairs of campaign and role, `groups` names of groups."""
    user = User.objects.create_user(username, password=PASSWORD, is_staff=True, **fields)
    user.groups.set(Group.objects.filter(name__in=groups))
    for campaign, role in roles:
        CampaignRole.objects.create(user=user, campaign=campaign, role=role)
    return user


def make_moderator(campaign, username="moderator"):
    return make_user(username, groups=["Moderators"], roles=[(campaign, Role.MODERATOR)])


def make_manager(campaign, username="manager", *, exports_contacts=False):
    groups = ["Campaign managers"] + (["Contact exporters"] if exports_contacts else [])
    return make_user(username, groups=groups, roles=[(campaign, Role.MANAGER)])


def make_superuser(username="root"):
    user = User.objects.filter(username=username).first()
    return user or User.objects.create_superuser(username, password=PASSWORD)


def form_answers(**answers):
    """What a browser posts for a new organisation, ten seconds after it opened the form."""
    number = next(_numbers)
    return {
        "name": f"Example Organisation {number}",
        "native_name": "",
        "acronym": "",
        "website": f"https://organisation{number}.example",
        "country_code": "KE",
        "org_type": "ngo",
        "contact_name": f"Contact Person {number}",
        "contact_role": "Director",
        "mailbox": f"director@organisation{number}.example",
        "publication_mode": "public",
        "consent_data": "on",
        "fax": "",
        "opened": opened_a_while_ago(),
        **answers,
    }


def opened_a_while_ago():
    """A seal of a form that was opened ten seconds ago."""
    return tokens.seal({"at": timezone.now().timestamp() - 10})
