from typing import ClassVar

from django.db import migrations

from cxorders.kit.immutability import SealTable


class Migration(migrations.Migration):
    dependencies: ClassVar = [("cxorders", "0001_initial")]
    operations: ClassVar = [
        SealTable("cxorders_entry"),
    ]
