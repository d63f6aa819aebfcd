"""The desk counts what signers have written each time it opens: an index over those few events alone."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("signatories", "0009_an_undo_declares_itself")]

    operations = [
        migrations.AddIndex(
            model_name="signatureevent",
            index=models.Index(
                fields=["signature"],
                condition=models.Q(("kind__in", ["answered", "appealed"])),
                name="event_of_reply",
            ),
        ),
    ]
