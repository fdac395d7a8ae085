"""Places on the issue page that higher capabilities fill; the call-back tells there what it heard."""

from cxorders.kit.panels import Slot
from feedback.issues.models import Issue

ISSUE: Slot[Issue] = Slot()
"""blocks of the issue page: `ISSUE.register("callbacks", provider)`; places main and aside"""
