from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class CxordersConfig(AppConfig):
    name = "cxorders"
    verbose_name = "地基:组织、客户、日志"

    def ready(self) -> None:
        # shared_task functions must find the configured application in every process
        from cxorders import celery  # noqa: F401
        from cxorders.customers.exporting import CUSTOMERS
        from cxorders.transfer.exporting import register

        register(CUSTOMERS)


class TechnicalAdminConfig(AdminConfig):
    """Django's admin, closed to everybody but administrators of the group, with technical tables only."""

    default_site = "cxorders.organisation.admin.TechnicalSite"

    def ready(self) -> None:
        super().ready()
        from django.contrib import admin

        from cxorders.organisation.admin import furnish

        furnish(admin.site)
