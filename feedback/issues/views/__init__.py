"""Pages of issues: the queue, one issue, its steps, a new one."""

from feedback.issues.views.listing import queue
from feedback.issues.views.one import detail
from feedback.issues.views.opening import new
from feedback.issues.views.steps import step

__all__ = ["detail", "new", "queue", "step"]
