from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("signatories", "0020_the_way_to_safety_has_no_budget"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="signatureevent",
            index=models.Index(
                condition=models.Q(("kind", "mode")), fields=["signature"], name="event_of_mode"
            ),
        ),
    ]
