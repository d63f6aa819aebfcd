"""Managers keep the host's list of famous names; moderators read it."""

from django.apps.registry import Apps
from django.contrib.auth.management import create_permissions
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

ACTIONS = {"Moderators": ["view"], "Campaign managers": ["view", "add", "change", "delete"]}


def grant(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    # Django makes permissions only after all migrations have run; the groups need them now.
    config = apps.get_app_config("signatories")
    config.models_module = True  # type: ignore[assignment]  # Django's own way to have them made for a state of the past
    create_permissions(config, verbosity=0, apps=apps)
    config.models_module = None
    for group, actions in ACTIONS.items():
        permissions = apps.get_model("auth", "Permission").objects.filter(
            content_type__app_label="signatories", codename__in=[f"{action}_famousname" for action in actions]
        )
        apps.get_model("auth", "Group").objects.get(name=group).permissions.add(*permissions)


class Migration(migrations.Migration):
    dependencies = [("signatories", "0005_likeness_and_famous_names")]

    operations = [migrations.RunPython(grant, migrations.RunPython.noop)]
