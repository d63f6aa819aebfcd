"""What every test may rely on."""

import pytest


@pytest.fixture(autouse=True)
def quick_passwords(settings):
    """Passwords of tests are made up; hashing them slowly protects nobody."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
