"""`POST sign` through the product's web process, against the same statements through psycopg alone.

Each form is a new organisation with a mailbox of its own, sent over kept connections with its CSRF cookie, and stored with
encrypted contact, consent, event, link and mail in one transaction. The bare measure has as many processes and connections
and sends the statements of that transaction, recorded from one form: no HTTP, no form, no Django, no encryption.
"""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from urllib.parse import urlencode

from django.conf import settings
from django.utils import timezone

from benchmarks import data
from benchmarks.frame import Figure, House, Server, benchmark, granian_parameters, in_turns
from benchmarks.replay import per_second, recorded
from campaigns.models import Campaign
from campaigns.opening import OpenLetter, open_letter
from signatories import tokens
from signatories.models import Signature
from signatories.signing import Entry, sign

CONNECTIONS = 16
SECONDS = 3
# More than any letter sees, and all from one network: the limits are asked and never reached.
WITHOUT_END = {
    f"LIMIT_{layer}": "100000000/hour;100000000/day"
    for layer in ("NETWORK", "WIDE_NETWORK", "NOWHERE", "CAMPAIGN", "MAILBOX", "DOMAIN")
} | {"BEHIND_TLS_PROXY": "1", "TRUSTED_PROXIES": "127.0.0.1"}
ROUNDS = 3
FORMS_PER_SECOND = 350
PATH = "/en/signing/sign/send/"
TOKEN = "c" * 32


@benchmark("signing")
def signing(house: House) -> Iterator[Figure]:
    campaign = data.letter("signing")
    letter = open_letter(campaign.slug, timezone.now())
    if letter is None:
        raise RuntimeError("the letter is not open")
    _sign(letter, 1)  # the first form of a process asks for more
    with recorded() as statements:
        _sign(letter, 2)
    parameters = granian_parameters()
    processes, threads = (int(parameters[f"GRANIAN_{name}"]) for name in ("WORKERS", "BLOCKING_THREADS"))
    address = os.environ["DATABASE_URL"]
    with house.web(**WITHOUT_END) as web:
        speed = in_turns(
            ROUNDS,
            ours=lambda: forms_per_second(web, campaign),
            bare=lambda: per_second(address, statements, processes, threads, SECONDS),
        )
    ours = f"{speed['ours']:,.0f} forms/s"
    yield Figure(
        what="POST sign against its statements alone",
        ratio=speed["ours"] / speed["bare"],
        ours=ours,
        theirs=f"psycopg {speed['bare']:,.0f} transactions/s",
    )
    yield Figure(
        what=f"POST sign against {FORMS_PER_SECOND}/s",
        ratio=speed["ours"] / FORMS_PER_SECOND,
        ours=ours,
        theirs=f"{FORMS_PER_SECOND}/s on all cores, shared with the load and the database",
        goal="≥ 1",
    )


def _sign(letter: OpenLetter, number: int) -> None:
    entry = Entry(
        name=f"Measured Organisation {number}",
        website=f"https://measured-{number}.example",
        country_code="KE",
        org_type="ngo",
        contact_name="Contact Person",
        contact_role="Director",
        mailbox=f"director@measured-{number}.example",
        consents=tuple(text for text in letter.consent_texts if text.kind == "data_processing"),
    )
    sign(campaign=letter.campaign, entry=entry, language="en", heading=letter.heading("en"))


def forms_per_second(web: Server, campaign: Campaign, seconds: int = SECONDS) -> float:
    """Forms that were answered, checked against what was stored."""
    form = {
        "csrfmiddlewaretoken": TOKEN,
        "name": "Measured Organisation NUMBER",
        "website": "https://measured-NUMBER.example",
        "country_code": "KE",
        "org_type": "ngo",
        "contact_name": "Contact Person",
        "contact_role": "Director",
        "mailbox": "director@measured-NUMBER.example",
        "publication_mode": "public",
        "consent_data": "on",
        # A person takes longer than the three seconds that the form asks for.
        "opened": tokens.seal({"at": time.time() - 10}),
    }
    cookie = f"{settings.CSRF_COOKIE_NAME}={TOKEN}"
    command = [sys.executable, "-m", "benchmarks.posting", web.url + PATH, cookie, urlencode(form)]
    before = Signature.objects.filter(campaign=campaign).count()
    done = subprocess.run(
        [*command, str(CONNECTIONS), str(seconds)], capture_output=True, text=True, check=True
    )
    answered = int(done.stdout)
    if Signature.objects.filter(campaign=campaign).count() < before + answered:
        raise RuntimeError("fewer forms were stored than answered")
    return answered / seconds
