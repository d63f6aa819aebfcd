"""Holding a signature with a question to its signer, whose answer comes in by a mailed link."""

from datetime import datetime, timedelta

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import TextChoices
from django.utils import timezone, translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from signatories.mail import notices
from signatories.models import Question, Signature
from signatories.moderation.deciding import hold
from signatories.states import EventKind, State
from signatories.transitions import Refused, lock, record, staff
from signatories.turns import decide_in_turn

# More would be a burden, and nobody reads them.
OPEN_AT_ONCE = 3
# The same words again so soon are a second click, not a second question.
SAME_WORDS_AGAIN = timedelta(minutes=1)


class Prompt(TextChoices):
    """What is asked most often. None of them may tell one signer what another one did."""

    MANDATE = "mandate", gettext_lazy("Who decided to sign")
    REACH = "reach", gettext_lazy("How else to reach you, or who can vouch for you")
    WEBSITE = "website", gettext_lazy("Website, or number in a register")
    MAILBOX = "mailbox", gettext_lazy("A mailbox at the organisation's own domain")


_WORDS: dict[Prompt, Promise] = {
    Prompt.MANDATE: gettext_lazy(
        "Who in your organisation decided to sign the letter, and in which role do you sign for it?"
    ),
    Prompt.REACH: gettext_lazy(
        "How else can we reach your organisation: is there a telephone number or a page that prints your mailbox? "
        "Or is there another organisation that knows you and can vouch for you?"
    ),
    Prompt.WEBSITE: gettext_lazy(
        "Does your organisation have a website, or is it listed in a public register? "
        "If so, please give us the address, or the name of the register and the number in it."
    ),
    Prompt.MAILBOX: gettext_lazy(
        "Does your organisation have mailboxes at a domain of its own? "
        "If so, please tell us one at which we can reach you, or where the organisation prints the mailbox that you used."
    ),
}


def words_of(prompt: Prompt, language: str) -> str:
    """The question as its reader gets it."""
    with translation.override(language):
        return str(_WORDS[prompt])


def ask(*, signature: Signature, by: User, words: str) -> Question:
    """Mails `words` to the signer with a link for the answer; confirmed or accepted → on_hold, where it isn't yet.

    Raises Refused for no words, without a mailbox, for too many open questions or the same one twice, and what
    `change_state` raises.
    """
    if not words:
        raise Refused(_("Write what you want to know."))
    now = timezone.now()
    with transaction.atomic():
        decide_in_turn(signature.campaign_id)
        lock(signature)  # questions are counted, so they come one after the other
        if signature.state != State.ON_HOLD:
            hold(signature=signature, by=by)
        contact = notices.first_contact(signature)
        if contact is None:
            raise Refused(_("There is no mailbox left to ask at."))
        _refuse_flood(signature, words, now)
        asked = record(signature, kind=EventKind.ASKED, actor=staff(by), note=words)
        link = notices.ask_signer(signature, contact, words, now)
        return Question.objects.create(signature=signature, asked=asked, link=link)


def _refuse_flood(signature: Signature, words: str, now: datetime) -> None:
    recent = signature.questions.filter(asked__happened_at__gt=now - SAME_WORDS_AGAIN)
    if any(each.asked.note.text == words for each in recent.select_related("asked__note")):
        raise Refused(_("This was asked a moment ago."))
    waiting = signature.questions.filter(answered=None, link__expires_at__gt=now)
    if waiting.count() >= OPEN_AT_ONCE:
        raise Refused(_("Three questions wait for an answer already."))
