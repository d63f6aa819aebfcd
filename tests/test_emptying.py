"""Between tests that commit the database is as the migrations left it, in whatever order they run."""

import pytest
from django.contrib.auth.models import Group
from django.test import TransactionTestCase

from campaigns.models import Campaign
from tests.builders import make_campaign, make_manager


def allowed():
    return sorted(Group.objects.values_list("name", "permissions__codename"))


@pytest.mark.django_db(transaction=True)
def test_what_a_test_committed_is_gone_and_what_migrations_wrote_is_back():
    before = allowed()
    make_manager(make_campaign())
    Group.objects.first().permissions.clear()
    Group.objects.last().delete()

    TransactionTestCase._fixture_teardown(None)

    assert Campaign.objects.count() == 0
    assert allowed() == before
    assert len({name for name, _permission in before}) >= 3
