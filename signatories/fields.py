"""Encrypted columns whose keys come from FIELD_ENCRYPTION_KEYS and nowhere else."""

from django.conf import settings
from django.utils.functional import cached_property
from encrypted_fields.fields import EncryptedTextField


class EncryptedText(EncryptedTextField):  # type: ignore[misc]  # the library has no types
    """Text that the database holds only as Fernet tokens (AES-128-CBC with HMAC-SHA256).

    The library derives its keys from SECRET_KEY and a salt; ours are given, so that they can be rotated
    (the first encrypts, all decrypt) without touching sessions or links. Empty text is stored as NULL.
    """

    @cached_property
    def keys(self) -> list[bytes]:
        return [key.encode() for key in settings.FIELD_ENCRYPTION_KEYS]
