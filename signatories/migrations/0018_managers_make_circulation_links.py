"""Managers make and end circulation links."""

from django.contrib.auth.management import create_permissions
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps


def allow(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    # Django makes permissions only after all migrations have run; the group needs them now.
    config = apps.get_app_config("campaigns")
    config.models_module = True  # type: ignore[assignment]
    create_permissions(config, verbosity=0, apps=apps)
    config.models_module = None
    managers = apps.get_model("auth", "Group").objects.get(name="Campaign managers")
    wanted = ["view_circulationlink", "add_circulationlink"]
    managers.permissions.add(
        *apps.get_model("auth", "Permission").objects.filter(
            content_type__app_label="campaigns", codename__in=wanted
        )
    )


class Migration(migrations.Migration):
    dependencies = [
        ("signatories", "0017_flags_of_moved_contacts_and_vouches"),
        ("campaigns", "0004_intake_batch_and_safety_notice"),
    ]

    operations = [migrations.RunPython(allow, migrations.RunPython.noop)]
