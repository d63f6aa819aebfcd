"""What every test may rely on."""

import hypothesis
import pytest

# A slow machine is no fault of the code under test.
hypothesis.settings.register_profile("undersigned", deadline=None)
hypothesis.settings.load_profile("undersigned")


@pytest.fixture(autouse=True)
def quick_passwords(settings):
    """Passwords of tests are made up; hashing them slowly protects nobody."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
