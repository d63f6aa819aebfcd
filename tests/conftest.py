"""What every test may rely on."""

import hypothesis
import pytest

from campaigns import opening

# A slow machine is no fault of the code under test.
hypothesis.settings.register_profile("undersigned", deadline=None)
hypothesis.settings.load_profile("undersigned")


@pytest.fixture(autouse=True)
def letters_are_read_anew(monkeypatch):
    """The next test has another letter at the same address."""
    monkeypatch.setattr(opening, "KEPT_SECONDS", 0.0)


@pytest.fixture(autouse=True)
def quick_passwords(settings):
    """Passwords of tests are made up; hashing them slowly protects nobody."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
