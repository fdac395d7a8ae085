"""What contacts say on the customer page: the last ones, how often the customer came, who still owes an answer."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from django.db.models import Count
from django.urls import reverse
from django.utils.translation import gettext as _

from cxorders.customers.models import Customer
from cxorders.customers.panels import MOST_TOUCHES, Clue, Reason, Touch, Why
from cxorders.kit.formats import date_prose
from cxorders.organisation.models import User
from feedback.contacts.enums import CHANNEL_ICONS, ContactState, Outcome
from feedback.contacts.models import Contact

OFTEN, OFTEN_WITHIN = 3, timedelta(days=30)
MOST = 20


def latest_of(customer: Customer) -> list[Contact]:
    """The last contacts of a customer and of what was merged into it, newest first. One query."""
    rows = Contact.objects.filter(customer_id__in=customer.keys).select_related("by", "owner", "handed_to")
    return list(rows.order_by("-at", "-pk")[:MOST])


def opens_for(user: User, contacts: Sequence[Contact]) -> set[int]:
    """Keys of the contacts whose page this person may open. One query."""
    keys = [contact.pk for contact in contacts]
    return set(Contact.objects.visible_to(user).filter(pk__in=keys).order_by().values_list("pk", flat=True))


def touches(contacts: Sequence[Contact], names: Mapping[str, str], opens: set[int]) -> list[Touch]:
    """The last contacts as lines of the history."""
    return [
        Touch(
            at=contact.at,
            channel=contact.get_channel_display(),
            icon=CHANNEL_ICONS.get(contact.channel, "phone"),
            what=_("%(reason)s：%(summary)s")
            % {"reason": names.get(contact.reason_code, contact.reason_code), "summary": contact.summary},
            by=contact.by.name if contact.by is not None else "",
            url=_url(contact, opens),
        )
        for contact in contacts[:MOST_TOUCHES]
    ]


def _url(contact: Contact, opens: set[int]) -> str:
    return reverse("contacts:detail", args=[contact.number]) if contact.pk in opens else ""


def clues(contacts: Sequence[Contact], names: Mapping[str, str], at: datetime) -> list[Clue]:
    """How often the customer had to come."""
    recent = [contact for contact in contacts if contact.at > at - OFTEN_WITHIN]
    if len(recent) < OFTEN:
        return []
    codes = [contact.reason_code for contact in recent]
    usual = max(dict.fromkeys(codes), key=codes.count)
    said = {"n": len(recent), "reason": names.get(usual, usual)}
    text = _("近 30 天已联系 %(n)s 次：这次就办完，别让客户再来") % said
    return [Clue(text, _("登记的联系，多为“%(reason)s”") % said, "", "bad", "history")]


def waiting(
    contacts: Sequence[Contact], names: Mapping[str, str], opens: set[int], at: datetime
) -> list[tuple[Reason, Clue | None]]:
    """Contacts a department still owes an answer to; with a clue where the promised moment has passed."""
    found = []
    for contact in contacts:
        if contact.state != ContactState.OPEN or contact.outcome != Outcome.HANDED or contact.reply_due_at is None:
            continue
        reason = names.get(contact.reason_code, contact.reason_code)
        said = {
            "reason": reason,
            "number": contact.number,
            "at": date_prose(contact.reply_due_at),
            "unit": contact.handed_to.name if contact.handed_to is not None else "",
            "owner": contact.owner.name if contact.owner is not None else "",
        }
        source = _("联系 %(number)s，答应 %(at)s 前由%(unit)s答复，首问 %(owner)s") % said
        url = _url(contact, opens)
        asks = Reason(Why.ISSUE_WAITING, _("“%(reason)s”的答复") % said, source, url, contact.reply_due_at)
        late = contact.reply_due_at < at
        clue = Clue(_("答应的答复已过时：先致歉，当场催办"), source, url, "bad", "calendar-x") if late else None
        found.append((asks, clue))
    return found


def count_of(keys: Sequence[int]) -> Mapping[int, int]:
    """Customer key → number of contacts."""
    rows = Contact.objects.filter(customer_id__in=keys).order_by().values_list("customer_id")
    return dict(rows.annotate(many=Count("pk")))
