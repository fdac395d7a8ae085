from django.apps import AppConfig


class TouchpointsConfig(AppConfig):
    name = "touchpoints"
    verbose_name = "触点与旅程"

    # long: one line for each thing this room gives to the rooms below
    def ready(self) -> None:
        """Name the values a company may change for itself; put orders where lower rooms have a place for them."""
        from django.utils.translation import gettext_lazy

        from cxorders.customers import panels
        from cxorders.customers.importing import Customers, PremisesKind
        from cxorders.kit.events import subscribe
        from cxorders.organisation import holdings
        from cxorders.saved_views import lists
        from cxorders.transfer import exporting, kinds, messages
        from touchpoints.appointments.exporting import APPOINTMENTS
        from touchpoints.appointments.importing import AppointmentsKind
        from touchpoints.appointments.receivers import (
            on_order_ended,
            on_stage_appointed,
            on_stage_ended,
            order_panel,
        )
        from touchpoints.appointments.receivers import told_of_customer as visits_of_customer
        from touchpoints.catalogue import overriding
        from touchpoints.catalogue.actions import own_department
        from touchpoints.compensation.queries import order_panel as compensations_of_order
        from touchpoints.compensation.receivers import on_stage_exempted
        from touchpoints.heat.receivers import on_stage_ended as heat_on_stage_ended
        from touchpoints.heat.receivers import on_stages_loaded as heat_on_stages_loaded
        from touchpoints.orders import panels as order_panels
        from touchpoints.orders import receivers
        from touchpoints.orders.events import OrderEnded, StageAppointed, StageEnded, StagesLoaded
        from touchpoints.orders.exporting import ORDERS
        from touchpoints.orders.filters import SAVED
        from touchpoints.orders.importing import HistoryKind, OrdersKind
        from touchpoints.orders.importing.reference import segment_names
        from touchpoints.orders.importing.sentences import SENTENCES
        from touchpoints.orders.queries.listing import customers_by_order
        from touchpoints.orders.queries.of_customer import count_of
        from touchpoints.pledges import actions as pledges
        from touchpoints.pledges.queries import order_panel as pledges_of_order
        from touchpoints.pledges.queries import told_of_customer as pledges_of_customer
        from touchpoints.progress.panels import panels_of_order
        from touchpoints.promises.events import StageExempted
        from touchpoints.promises.exporting import PROMISES
        from touchpoints.standards.queries import own_values

        overriding.register_reader("standards", own_values)
        overriding.register(overriding.Overridable("issue_categories", "department_code", own_department))

        panels.register_teller("orders", receivers.told_of_customer)
        panels.register_teller("appointments", visits_of_customer)
        panels.register_teller("pledges", pledges_of_customer)
        panels.register_tally("orders", gettext_lazy("订单"), count_of)
        panels.register_lookup("orders", customers_by_order)
        lists.register(SAVED)
        holdings.register(receivers.HELD_STAGES)
        holdings.register(receivers.HELD_ORDERS)
        holdings.register(
            holdings.Holding(
                "pledges", "没有兑现的口头承诺", "open promises by word", pledges.open_held_by, pledges.hand_over
            )
        )

        order_panels.ORDER.register("progress", panels_of_order)
        order_panels.ORDER.register("appointments", order_panel)
        order_panels.ORDER.register("pledges", pledges_of_order)
        order_panels.ORDER.register("compensation", compensations_of_order)
        subscribe(StageAppointed, on_stage_appointed)
        subscribe(StageEnded, on_stage_ended)
        subscribe(StageEnded, heat_on_stage_ended)
        subscribe(StagesLoaded, heat_on_stages_loaded)
        subscribe(OrderEnded, on_order_ended)
        subscribe(StageExempted, on_stage_exempted)

        messages.register(SENTENCES)
        for kind in (Customers(segment_names), PremisesKind(), OrdersKind(), HistoryKind(), AppointmentsKind()):
            kinds.register(kind)
        for exporter in (ORDERS, PROMISES, APPOINTMENTS):
            exporting.register(exporter)
