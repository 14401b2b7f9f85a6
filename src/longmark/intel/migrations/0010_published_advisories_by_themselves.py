from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("intel", "0009_records_read_again"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="advisory",
            index=models.Index(
                condition=models.Q(("state", "published")),
                fields=["id", "source"],
                name="published_advisories",
            ),
        ),
    ]
