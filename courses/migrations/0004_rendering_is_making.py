"""One word for what a worker has in hand, whatever it makes."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

KINDS = ("Packet", "SessionSheet")


def _renamed(apps: Apps, old: str, new: str) -> None:
    for kind in KINDS:
        apps.get_model("courses", kind).objects.filter(state=old).update(state=new)


def forwards(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    _renamed(apps, "rendering", "making")


def backwards(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    _renamed(apps, "making", "rendering")


class Migration(migrations.Migration):
    dependencies = [("courses", "0003_made_files_and_appealed_lines")]

    operations = [migrations.RunPython(forwards, backwards)]
