from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig
from django.contrib.staticfiles.apps import StaticFilesConfig


class CxordersConfig(AppConfig):
    name = "cxorders"
    verbose_name = "地基:组织、客户、日志"

    def ready(self) -> None:
        # shared_task functions must find the configured application in every process
        from cxorders import celery  # noqa: F401
        from cxorders.customers.exporting import CUSTOMERS
        from cxorders.transfer.exporting import register

        register(CUSTOMERS)


class UsedStaticFilesConfig(StaticFilesConfig):
    """Static files without those of pages we do not have: the browsable API, and htmx in versions we do not serve."""

    ignore_patterns = [*StaticFilesConfig.ignore_patterns, "rest_framework", "django_htmx"]  # noqa: RUF012 -- as Django has it


class TechnicalAdminConfig(AdminConfig):
    """Django's admin, closed to everybody but administrators of the group, with technical tables only."""

    default_site = "cxorders.organisation.admin.TechnicalSite"

    def ready(self) -> None:
        super().ready()
        from django.contrib import admin

        from cxorders.organisation.admin import furnish

        furnish(admin.site)
