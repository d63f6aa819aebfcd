from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("signatories", "0021_what_holds_a_mail"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="signatureevent",
            index=models.Index(
                condition=models.Q(("kind", "mode")), fields=["signature"], name="event_of_mode"
            ),
        ),
    ]
