from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("signatories", "0023_convenors_have_an_event"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="signature",
            index=models.Index(
                condition=models.Q(
                    ("joined_total_at__isnull", False),
                    ("publication_mode", "public"),
                    ("state", "accepted"),
                    ("role", "convenor"),
                ),
                fields=["campaign", "sort_key", "public_id"],
                name="signature_convenors",
            ),
        ),
        migrations.AddIndex(
            model_name="signature",
            index=models.Index(
                condition=models.Q(
                    ("joined_total_at__isnull", False), ("publication_mode", "public"), ("state", "accepted")
                ),
                fields=["campaign", "joined_total_at"],
                name="signature_public_days",
            ),
        ),
        migrations.AddIndex(
            model_name="signature",
            index=models.Index(
                condition=models.Q(
                    ("joined_total_at__isnull", False), ("publication_mode", "public"), ("state", "accepted")
                ),
                fields=["campaign", "org_type"],
                name="signature_public_types",
            ),
        ),
    ]
