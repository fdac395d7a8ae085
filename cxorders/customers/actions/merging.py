"""Two rows that are one customer: the merged one points to the one that stays, and undoing cuts the pointer.

Facts keep their customer. Sealed records could not follow, and need not: reads ask for `Customer.keys`. So nothing is
lost when a merge was wrong, and whatever happened after the merge stays with the customer that stood then.
"""

from datetime import datetime

from django.db import transaction

from cxorders.customers import policy
from cxorders.customers.actions.account import ReasonMissing
from cxorders.customers.models import Customer, Merge
from cxorders.journal.actions import record
from cxorders.kit.errors import BusinessError, NotAllowed, Stale
from cxorders.organisation.models import Unit, User


class MergeSame(BusinessError):
    code = "merge_same"
    zh = "这是同一位客户，不用合并。"
    en = "This is the same customer; there is nothing to merge."


class MergeCompanies(BusinessError):
    code = "merge_companies"
    zh = "两位客户属于不同的企业，不能合并。"
    en = "The two customers belong to different companies and cannot be merged."


class MergeCircle(BusinessError):
    code = "merge_circle"
    zh = "{kept} 已经并入 {merged}，再反过来合并会成一个圈。要换一位保留，请先撤销原来的合并。"
    en = "{kept} was merged into {merged} already; the other way round would make a circle. Undo that merge first."
    status = 409


class MergedAlready(BusinessError):
    code = "merged_already"
    zh = "{number} 已经并入 {into}，请用 {into} 合并。"
    en = "{number} was merged into {into} already; merge {into} instead."
    status = 409


class MergeUndone(BusinessError):
    code = "merge_undone"
    zh = "这次合并已经撤销了。"
    en = "This merge has been undone already."
    status = 409


@transaction.atomic
def merge_customers(kept: Customer, merged: Customer, *, by: User | None, at: datetime, reason: str) -> Merge:
    """`merged` is `kept`: its number, phone and history open `kept` from now on.

    Whose wish not to be called came with the merged one is kept too. Both rows are held while this happens, so of two
    merges at once the second one sees the first.
    Effects, in order: merge; pointers; journal on both customers.
    Errors: NotAllowed, MergeSame, MergeCompanies, MergeCircle, MergedAlready, ReasonMissing.
    """
    if kept.pk == merged.pk:
        raise MergeSame()
    held = _hold(kept.pk, merged.pk)
    kept, merged = held[kept.pk], held[merged.pk]
    if not policy.may_merge(by, kept) or not policy.may_merge(by, merged):
        raise NotAllowed()
    if kept.company_id != merged.company_id:
        raise MergeCompanies()
    if kept.merged_into_id == merged.pk:
        raise MergeCircle(kept=kept.number, merged=merged.number)
    for one in (kept, merged):
        if one.merged_into is not None:
            raise MergedAlready(number=one.number, into=one.merged_into.number)
    said = reason.strip()[:200]
    if not said:
        raise ReasonMissing(field="reason")
    takes = merged.do_not_call and not kept.do_not_call
    merge = Merge.objects.create(
        company_id=kept.company_id, kept=kept, merged=merged, reason=said, by=by, at=at, took_do_not_call=takes
    )
    _point(merged.pk, kept.pk)
    if takes:
        kept.do_not_call, kept.do_not_call_reason = True, merged.do_not_call_reason
        kept.save(update_fields=["do_not_call", "do_not_call_reason"])
    record(kept, "customer.merged", by=by, at=at, merge=merge.pk, merged=merged.number, reason=said)
    record(merged, "customer.merged_away", by=by, at=at, merge=merge.pk, into=kept.number, reason=said)
    return merge


@transaction.atomic
def undo_merge(merge: Merge, *, by: User | None, at: datetime) -> Merge:
    """The two are different customers after all: both stand for themselves again, with what each had.

    What had been merged into the merged one before goes back with it. What happened since stays with the kept one.
    Effects, in order: merge; pointers; journal on both customers. Errors: NotAllowed, MergeUndone, Stale.
    """
    top = Customer.objects.values_list("merged_into_id", flat=True).get(pk=merge.merged_id)
    held = _hold(merge.merged_id, merge.kept_id, top or merge.kept_id)
    kept, merged = held[merge.kept_id], held[merge.merged_id]
    if not policy.may_merge(by, merged):
        raise NotAllowed()
    if not Merge.objects.filter(pk=merge.pk, undone_at=None).update(undone_at=at, undone_by=by):
        raise MergeUndone()
    if merged.merged_into_id != top:
        raise Stale()
    merge.undone_at, merge.undone_by = at, by
    Customer.objects.filter(pk=merged.pk).update(merged_into=None)
    _point_below(merged.pk)
    if merge.took_do_not_call and kept.do_not_call_reason == merged.do_not_call_reason:
        kept.do_not_call, kept.do_not_call_reason = False, ""
        kept.save(update_fields=["do_not_call", "do_not_call_reason"])
    record(kept, "customer.merge_undone", by=by, at=at, merge=merge.pk, merged=merged.number)
    record(merged, "customer.merge_undone", by=by, at=at, merge=merge.pk, kept=kept.number)
    return merge


def _hold(*keys: int) -> dict[int, Customer]:
    """The customers under lock. Merges of one company take place one after the other: a merge also moves pointers of
    customers it does not name, and three of them in a ring would wait for each other.
    """
    companies = Customer.objects.filter(pk__in=keys).order_by().values("company_id")
    list(Unit.objects.select_for_update(no_key=True).filter(pk__in=companies).order_by("pk"))
    rows = Customer.objects.select_for_update(of=("self",)).filter(pk__in=keys)
    return {row.pk: row for row in rows.select_related("company").order_by("pk")}


def _point(merged: int, kept: int) -> None:
    """Whatever stood under `merged`, and `merged`, stand under `kept`."""
    Customer.objects.filter(merged_into_id=merged).update(merged_into_id=kept)
    Customer.objects.filter(pk=merged).update(merged_into_id=kept)


def _point_below(top: int) -> None:
    """Everything the merges that hold put under `top`, step by step, points to it again."""
    step = [top]
    while step:
        below = Merge.objects.filter(kept_id__in=step, undone_at=None).order_by("pk")
        step = list(below.values_list("merged_id", flat=True))
        Customer.objects.filter(pk__in=step).update(merged_into_id=top)
