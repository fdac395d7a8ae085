from typing import ClassVar

from django.db import migrations

from cxorders.kit.immutability import SealTable


class Migration(migrations.Migration):
    dependencies: ClassVar = [("kpi", "0001_initial")]
    operations: ClassVar = [
        SealTable("kpi_metricvalue"),
    ]
