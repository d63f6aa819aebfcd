"""The groups of the staff. What they allow holds only on the campaigns where a CampaignRole names the user."""

from django.apps.registry import Apps
from django.contrib.auth.management import create_permissions
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

MODERATOR = [
    "campaigns.view_campaign",
    "signatories.view_signature",
    "signatories.change_signature",
    "signatories.view_organisation",
    "signatories.change_organisation",
    "signatories.view_evidence",
    "signatories.add_evidence",
    "signatories.view_signatureevent",
]
MANAGER = [
    "campaigns.view_host",
    "campaigns.add_host",
    "campaigns.view_campaign",
    "campaigns.add_campaign",
    "campaigns.change_campaign",
    *(
        f"campaigns.{action}_{model}"
        for model in (
            "campaigntext",
            "consenttext",
            "letterversion",
            "lettertext",
            "ask",
            "asktext",
            "update",
            "updatetext",
            "quote",
        )
        for action in ("view", "add", "change", "delete")
    ),
    "campaigns.view_topic",
    "campaigns.add_topic",
    "campaigns.view_topicname",
    "campaigns.add_topicname",
    "signatories.view_signature",
    "signatories.view_organisation",
    "signatories.view_evidence",
    "signatories.view_signatureevent",
    "signatories.view_exportlog",
]
GROUPS = {
    "Moderators": MODERATOR,
    "Campaign managers": MANAGER,
    "Contact exporters": ["signatories.export_contacts"],
}


def make_groups(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    # Django makes permissions only after all migrations have run; the groups need them now.
    for label in ("campaigns", "signatories"):
        config = apps.get_app_config(label)
        config.models_module = True  # type: ignore[assignment]
        create_permissions(config, verbosity=0, apps=apps)
        config.models_module = None
    permission_model = apps.get_model("auth", "Permission")
    for name, permissions in GROUPS.items():
        group, _created = apps.get_model("auth", "Group").objects.get_or_create(name=name)
        for permission in permissions:
            app_label, codename = permission.split(".")
            group.permissions.add(
                permission_model.objects.get(content_type__app_label=app_label, codename=codename)
            )


class Migration(migrations.Migration):
    dependencies = [
        ("signatories", "0002_rules_held_by_the_database"),
        ("campaigns", "0002_frozen_versions_guarded"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [migrations.RunPython(make_groups, migrations.RunPython.noop)]
