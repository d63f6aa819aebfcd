"""The key under which a day's addresses are hashed. Once it is gone, nobody can try addresses against a hash."""

from django.db import models


class NetworkKey(models.Model):
    """One day's key (UTC); rows are deleted after two days (product.md, rule 12)."""

    day = models.DateField(primary_key=True)
    key = models.BinaryField(max_length=32, editable=False)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return self.day.isoformat()
