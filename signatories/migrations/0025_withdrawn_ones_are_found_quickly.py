from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("signatories", "0024_convenors_first_and_days_counted"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="signature",
            index=models.Index(
                condition=models.Q(("joined_total_at__isnull", False), ("state", "withdrawn")),
                fields=["campaign", "withdrawn_at"],
                name="signature_withdrawn",
            ),
        ),
    ]
