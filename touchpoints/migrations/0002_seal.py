from typing import ClassVar

from django.db import migrations

from cxorders.kit.immutability import SealTable


class Migration(migrations.Migration):
    dependencies: ClassVar = [("touchpoints", "0001_initial")]
    operations: ClassVar = [
        SealTable("touchpoints_evidence"),
        SealTable("touchpoints_noaccess"),
        SealTable("touchpoints_stagebreachtold"),
    ]
