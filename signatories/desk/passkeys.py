"""allauth's forms for passkeys, with one thing changed: an answer that no browser gives is refused, where theirs fail."""

import struct
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from allauth.mfa.webauthn import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

# What reading a forged answer ends in: missing parts, parts of another kind, bytes that are too short.
NONSENSE = (LookupError, TypeError, AttributeError, ValueError, struct.error)


@contextmanager
def _nonsense_refused() -> Iterator[None]:
    try:
        yield
    except NONSENSE as error:
        raise ValidationError(_("This passkey is not known here.")) from error


class _Answer:
    def clean_credential(self) -> Any:
        with _nonsense_refused():
            return super().clean_credential()  # type: ignore[misc]  # the form beside it has it


class AddForm(forms.AddWebAuthnForm):  # type: ignore[misc]  # allauth ships no types
    def clean(self) -> Any:
        with _nonsense_refused():
            return super().clean()


class AuthenticateForm(_Answer, forms.AuthenticateWebAuthnForm):  # type: ignore[misc]
    pass


class ReauthenticateForm(_Answer, forms.ReauthenticateWebAuthnForm):  # type: ignore[misc]
    pass


class LoginForm(_Answer, forms.LoginWebAuthnForm):  # type: ignore[misc]
    pass
