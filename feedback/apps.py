from django.apps import AppConfig


class FeedbackConfig(AppConfig):
    name = "feedback"
    verbose_name = "声音与闭环"

    def ready(self) -> None:
        """Who hears which news, and what a person of this room may hold open."""
        from cxorders.customers.panels import CUSTOMER
        from cxorders.kit.events import subscribe
        from cxorders.organisation.holdings import Holding, register
        from feedback.callbacks import actions as callbacks
        from feedback.callbacks.queries.telling import panels_of_issue
        from feedback.callbacks.receivers import on_issue_closed, on_issue_replied, on_order_done
        from feedback.intake import panels as record_panels
        from feedback.intake.events import RecordLocked
        from feedback.intake.queries import telling
        from feedback.intake.rating import rating_panel
        from feedback.issues import actions as issues
        from feedback.issues.events import IssueClosed, IssueReplied, IssueTriaged
        from feedback.issues.panels import ISSUE
        from feedback.issues.queries import open_at
        from feedback.issues.queries.telling import fates_of_records, stage_marks
        from feedback.issues.receivers import on_record_locked
        from feedback.routing.receivers import on_issue_triaged
        from touchpoints.orders import panels as order_panels
        from touchpoints.orders.events import OrderDone
        from touchpoints.progress.panels import PROGRESS

        subscribe(RecordLocked, on_record_locked)
        subscribe(IssueTriaged, on_issue_triaged)
        subscribe(IssueReplied, on_issue_replied)
        subscribe(IssueClosed, on_issue_closed)
        subscribe(OrderDone, on_order_done)

        register(Holding("issues", "未关闭的问题", "open issues", issues.open_held_by, issues.hand_over))
        register(
            Holding("callbacks", "已领取的回访", "claimed call-backs", callbacks.open_held_by, callbacks.hand_over)
        )

        record_panels.register(fates_of_records)
        order_panels.register_marks("records", telling.marks_of_stages)
        order_panels.register_marks("issues", stage_marks)
        order_panels.ORDER.register("records", telling.panels_of_order)
        order_panels.ORDER.register("issues", open_at.panels_of_order)
        PROGRESS.register("rating", rating_panel)
        CUSTOMER.register("issues", open_at.panels_of_customer)
        CUSTOMER.register("records", telling.panels_of_customer)
        ISSUE.register("callbacks", panels_of_issue)
