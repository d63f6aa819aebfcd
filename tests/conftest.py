"""What every test may rely on."""

import hypothesis
import pytest
from django.conf import settings as loaded
from limits import parse_many

from campaigns import opening
from signatories import limiting
from tests import emptying

# A slow machine is no fault of the code under test.
hypothesis.settings.register_profile("undersigned", deadline=None)
hypothesis.settings.load_profile("undersigned")


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """A database with nothing but what the migrations write; after tests that commit it is so again."""
    with pytest.MonkeyPatch.context() as patch:
        with django_db_blocker.unblock():
            emptying.install(patch)
        yield


@pytest.fixture(autouse=True)
def letters_are_read_anew(monkeypatch):
    """The next test has another letter at the same address."""
    monkeypatch.setattr(opening, "KEPT_SECONDS", 0.0)


@pytest.fixture(autouse=True)
def quick_passwords(settings):
    """Passwords of tests are made up; hashing them slowly protects nobody."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def nobody_has_used_anything_up():
    """Limits reach beyond a test: they stand in Redis, and mailboxes of tests are called alike."""
    limiting.storage(loaded.REDIS_URL).reset()


@pytest.fixture(autouse=True)
def many_forms_come_from_this_machine(settings):
    """The test client has no network: all tests but those of that limit would share it."""
    settings.LIMIT_NOWHERE = tuple(parse_many("1000/minute"))
