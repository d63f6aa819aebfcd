"""A rejection by condition says who cancelled it, and is quick to go on; the mail of the hour is quickly counted."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("campaigns", "0003_no_words_slip_into_a_freeze"),
        ("signatories", "0010_replies_found_quickly"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="sweep",
            name="sweep_has_a_condition",
        ),
        migrations.AddField(
            model_name="sweep",
            name="cancelled_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="cancelled by",
            ),
        ),
        migrations.AddIndex(
            model_name="outboxmail",
            index=models.Index(
                condition=models.Q(("kind", "confirm"), ("settled_at__isnull", False)),
                fields=["settled_at"],
                name="outbox_confirm_settled",
            ),
        ),
        migrations.AddIndex(
            model_name="sweptsignature",
            index=models.Index(
                condition=models.Q(("left_at__isnull", True), ("rejected_at__isnull", True)),
                fields=["sweep", "id"],
                name="swept_to_reject",
            ),
        ),
        migrations.AddIndex(
            model_name="sweptsignature",
            index=models.Index(
                condition=models.Q(
                    ("left_at__isnull", True), ("rejected_at__isnull", False), ("undone_at__isnull", True)
                ),
                fields=["sweep", "id"],
                name="swept_to_undo",
            ),
        ),
        migrations.AddConstraint(
            model_name="sweep",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("condition__has_key", "parts"), models.Q(("condition__parts", {}), _negated=True)
                ),
                name="sweep_has_a_condition",
            ),
        ),
    ]
