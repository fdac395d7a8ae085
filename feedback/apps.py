from django.apps import AppConfig


class FeedbackConfig(AppConfig):
    name = "feedback"
    verbose_name = "声音与闭环"

    # long: nothing but wiring, one line each
    def ready(self) -> None:
        """Who hears which news, and what a person of this room may hold open."""
        from django.utils.translation import gettext_lazy as _

        from cxorders.customers import panels as customers
        from cxorders.kit.events import subscribe
        from cxorders.organisation.holdings import Holding, register
        from cxorders.transfer import exporting
        from feedback.callbacks import actions as callbacks
        from feedback.callbacks.exporting import CALLBACKS
        from feedback.callbacks.queries import of_customer as callbacks_of_customer
        from feedback.callbacks.queries.telling import panels_of_issue
        from feedback.callbacks.receivers import on_issue_closed, on_issue_replied, on_order_done
        from feedback.contacts import actions as contacts
        from feedback.contacts import receivers as contact_receivers
        from feedback.contacts.queries import of_customer as contacts_of_customer
        from feedback.intake import panels as record_panels
        from feedback.intake.events import RecordLocked
        from feedback.intake.exporting import RECORDS
        from feedback.intake.queries import telling
        from feedback.intake.rating import rating_panel
        from feedback.issues import actions as issues
        from feedback.issues.events import IssueClosed, IssueReplied, IssueTriaged
        from feedback.issues.exporting import ISSUES
        from feedback.issues.panels import ISSUE
        from feedback.issues.queries import of_customer as issues_of_customer
        from feedback.issues.queries import open_at
        from feedback.issues.queries.telling import fates_of_records, stage_marks
        from feedback.issues.receivers import on_record_locked
        from feedback.probes import actions as probes
        from feedback.probes.queries import marks_of_stages as probe_marks
        from feedback.probes.receivers import on_stage_ended
        from feedback.routing.receivers import on_issue_triaged
        from touchpoints.orders import panels as order_panels
        from touchpoints.orders.events import OrderAccepted, OrderDone, StageEnded
        from touchpoints.progress.panels import PROGRESS

        subscribe(RecordLocked, on_record_locked)
        subscribe(IssueTriaged, on_issue_triaged)
        subscribe(IssueReplied, on_issue_replied)
        subscribe(IssueClosed, on_issue_closed)
        subscribe(OrderDone, on_order_done)
        subscribe(OrderAccepted, contact_receivers.on_order_accepted)
        subscribe(StageEnded, on_stage_ended)

        register(Holding("issues", "未关闭的问题", "open issues", issues.open_held_by, issues.hand_over))
        register(
            Holding("callbacks", "已领取的回访", "claimed call-backs", callbacks.open_held_by, callbacks.hand_over)
        )

        register(
            Holding("contacts", "首问未答复的联系", "contacts not answered", contacts.open_held_by, contacts.hand_over)
        )

        register(Holding("probes", "未采集的反馈", "feedback not collected", probes.open_held_by, probes.hand_over))

        record_panels.register(fates_of_records)
        order_panels.register_marks("records", telling.marks_of_stages)
        order_panels.register_marks("probes", probe_marks)
        order_panels.register_marks("issues", stage_marks)
        order_panels.ORDER.register("records", telling.panels_of_order)
        order_panels.ORDER.register("issues", open_at.panels_of_order)
        PROGRESS.register("rating", rating_panel)
        customers.register_teller("issues", issues_of_customer.told_of_customer)
        customers.register_teller("contacts", contact_receivers.told_of_customer)
        customers.register_teller("callbacks", callbacks_of_customer.told_of_customer)
        customers.register_teller("records", telling.told_of_customer)
        customers.register_tally("records", _("反馈"), telling.count_of)
        customers.register_tally("issues", _("问题"), issues_of_customer.count_of)
        customers.register_tally("callbacks", _("回访"), callbacks_of_customer.count_of)
        customers.register_tally("contacts", _("联系"), contacts_of_customer.count_of)
        ISSUE.register("callbacks", panels_of_issue)

        for exporter in (ISSUES, RECORDS, CALLBACKS):
            exporting.register(exporter)
