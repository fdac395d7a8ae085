"""Index for Django only: nobody imports this module, everybody imports the capability."""

from touchpoints.appointments.models import Appointment, CrewCapacity, NoAccess
from touchpoints.catalogue.models import (
    CatalogueLoad,
    Department,
    FeedbackMethod,
    IssueCategory,
    IssueGroup,
    KeyPoint,
    Override,
    Process,
    Question,
    Section,
    Segment,
    Severity,
    Touchpoint,
)
from touchpoints.compensation.models import Compensation, CompensationItem, CompensationTerms
from touchpoints.heat.models import HeatCount, HeatMark, StageHeat
from touchpoints.orders.models import Evidence, Order, OrderType, Stage, StagePause, StageType
from touchpoints.pledges.models import Pledge, PledgeChange
from touchpoints.progress.models import CallWish, ProgressLink
from touchpoints.promises.models import Exemption, StageBreachTold
from touchpoints.standards.models import Standard, StandardVersion

__all__ = [
    "Appointment",
    "CallWish",
    "CatalogueLoad",
    "Compensation",
    "CompensationItem",
    "CompensationTerms",
    "CrewCapacity",
    "Department",
    "Evidence",
    "Exemption",
    "FeedbackMethod",
    "HeatCount",
    "HeatMark",
    "IssueCategory",
    "IssueGroup",
    "KeyPoint",
    "NoAccess",
    "Order",
    "OrderType",
    "Override",
    "Pledge",
    "PledgeChange",
    "Process",
    "ProgressLink",
    "Question",
    "Section",
    "Segment",
    "Severity",
    "Stage",
    "StageBreachTold",
    "StageHeat",
    "StagePause",
    "StageType",
    "Standard",
    "StandardVersion",
    "Touchpoint",
]
