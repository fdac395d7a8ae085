from typing import ClassVar

from django.db import migrations

from cxorders.kit.immutability import SealTable


class Migration(migrations.Migration):
    dependencies: ClassVar = [("feedback", "0001_initial")]
    operations: ClassVar = [
        SealTable("feedback_record"),
        SealTable("feedback_answer"),
        SealTable("feedback_attachment"),
        SealTable("feedback_note"),
        SealTable("feedback_scriptanswer"),
    ]
