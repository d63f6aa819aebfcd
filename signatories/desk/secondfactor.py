"""Who of the staff must set up a second factor before anything else."""

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.models import AnonymousUser, User

# Recovery codes alone are no factor of their own: they come with one of these.
SECOND_FACTORS = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]


def lacks_second_factor(user: User | AnonymousUser) -> bool:
    """Whether this member of staff must set up a second factor before anything else."""
    if not settings.STAFF_MFA_REQUIRED:
        return False
    return not Authenticator.objects.filter(user_id=user.pk, type__in=SECOND_FACTORS).exists()
