"""What an account may do: its own permissions and those of its groups, as Django's backend says, in one query."""

import pytest
from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.models import AnonymousUser, Group, Permission, User

from tests.builders import make_superuser, make_user

pytestmark = pytest.mark.django_db


def fresh(user):
    return User.objects.get(pk=user.pk)


def test_own_permissions_and_those_of_groups_come_together_in_one_query(django_assert_num_queries):
    user = make_user(groups=["Moderators"])
    own = Permission.objects.get(codename="export_contacts")
    user.user_permissions.add(own)
    user.groups.add(Group.objects.create(name="Readers"))

    user = fresh(user)
    with django_assert_num_queries(1):
        assert user.has_perm("signatories.export_contacts")
        assert user.has_perm("signatories.change_signature")
        assert not user.has_perm("auth.change_user")
        assert user.has_module_perms("signatories")
        assert not user.has_module_perms("auth")
    assert user.get_all_permissions() == ModelBackend().get_all_permissions(fresh(user))


def test_a_superuser_may_everything_and_whoever_left_nothing():
    boss, gone = make_superuser(), make_user("gone", groups=["Moderators"], is_active=False)

    assert boss.get_all_permissions() == ModelBackend().get_all_permissions(fresh(boss))
    assert gone.get_all_permissions() == set()
    assert not gone.has_perm("signatories.change_signature")
    assert AnonymousUser().get_all_permissions() == set()
