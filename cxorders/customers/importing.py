"""Customers and premises out of a table."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _

from cxorders.customers.models import Customer, Premises
from cxorders.kit.numbering import key_of
from cxorders.organisation.models import Unit
from cxorders.transfer import cells
from cxorders.transfer.cells import Line
from cxorders.transfer.kinds import Column, Kind, Origin, Pass, Words
from cxorders.transfer.models import Made

Segments = Callable[[], Mapping[str, tuple[str, ...]]]
"""code of a segment → its names"""

CUSTOMER_LABEL, PREMISES_LABEL = "cxorders.customer", "cxorders.premises"
QUIET = frozenset({"customer.phone_revealed"})

PHONE = Column(
    "phone", _("电话"), cells.phone,
    synonyms=("手机", "手机号", "手机号码", "电话号码", "联系电话", "联系方式", "mobile", "tel"),
    about=_("11 位手机号；固定电话带区号，例如 0532-85551234"), example="13812345678", is_phone=True,
)  # fmt: skip
ADDRESS = Column(
    "address", _("地址"), cells.short(200), synonyms=("用气地址", "用户地址", "详细地址", "安装地址", "住址"),
    about=_("用气或服务的地址"), example="望江路 88 号 3 栋 502",
)  # fmt: skip
DISTRICT = Column(
    "district", _("片区"), cells.short(60), synonyms=("区域", "区县", "所属片区", "小区"),
    about=_("片区、小区或区县"), example="望江片区",
)  # fmt: skip
METER = Column(
    "meter_number", _("表号"), cells.short(40), synonyms=("燃气表号", "表具编号", "表编号", "meter"),
    about=_("燃气表的编号"), example="QB2026000123",
)  # fmt: skip
CUSTOMER_NUMBER = Column(
    "customer", _("客户号"), cells.short(20), synonyms=("客户编号", "customer number"),
    about=_("系统里的客户号，KH- 开头；没有就填电话"), example="KH-26-00412",
)  # fmt: skip
CUSTOMER_PHONE = Column(
    "phone", _("客户电话"), cells.phone, synonyms=("电话", *PHONE.synonyms),
    about=_("客户登记时的电话；与客户号填一项即可"), example="13812345678", is_phone=True,
)  # fmt: skip


class Customers(Kind):
    """Customers, with one address each where the file has it."""

    code = "customers"
    name = _("客户")
    about = _("客户姓名、电话、分类；有地址的同时登记用气地址")
    icon = "users"
    makes = (Premises, Customer)
    quiet_verbs: ClassVar[frozenset[str]] = QUIET

    def __init__(self, segments: Segments) -> None:
        self.segments = segments
        self.columns = (
            Column(
                "name", _("姓名"), cells.short(80), required=True,
                synonyms=("客户姓名", "客户名称", "户名", "用户姓名", "名称", "客户", "name"),
                about=_("客户姓名或单位名称"), example="周敏",
            ),
            replace(PHONE, required=True),
            Column(
                "salutation", _("称呼"), cells.short(20), synonyms=("尊称",), about=_("怎么称呼客户"), example="周女士",
            ),
            Column(
                "segment", _("客户分类"), cells.short(40), synonyms=("分类", "客户类型", "客群", "用户类型", "segment"),
                about=_("代码或名称，见“客户分类”表；不填为居民散户"), example="RETAIL",
            ),
            ADDRESS,
            DISTRICT,
            METER,
            Column(
                "do_not_call", _("不外呼"), cells.yes_no, synonyms=("免打扰", "拒绝外呼"),
                about=_("填“是”或“否”；不填为否"), example="否", is_text=False,
            ),
        )  # fmt: skip

    def begin(self, origin: Origin) -> Pass:
        """A pass that knows the segments."""
        return CustomerPass(origin, self.segments())

    def guides(self) -> Iterable[tuple[Words, Sequence[Words], Sequence[Sequence[Any]]]]:
        """The segments, for the template."""
        rows = [(code, *names[:1]) for code, names in self.segments().items()]
        return ((_("客户分类"), (_("代码"), _("名称")), rows),)


class CustomerPass(Pass):
    """One telephone number is one customer of a company."""

    def __init__(self, origin: Origin, segments: Mapping[str, tuple[str, ...]]) -> None:
        super().__init__(origin)
        self.segment_of = {name.lower(): code for code, names in segments.items() for name in (code, *names)}

    def key(self, line: Line) -> Hashable | None:
        return line.values.get("phone")

    def check(self, lines: Sequence[Line]) -> None:
        known = customers_by_phone(self.origin.company, {line.values["phone"] for line in lines})
        for line in lines:
            there = known.get(line.values["phone"])
            if there:
                line.wrong("phone", "exists", what=there[0].number)
            said = line.get("segment")
            if said and said.lower() not in self.segment_of:
                line.wrong("segment", "unknown_code", text=said)

    def load(self, lines: Sequence[Line]) -> list[Made]:
        customers = Customer.objects.bulk_create([self._customer(line) for line in lines], batch_size=500)
        homes = [
            (line, Premises(company=self.origin.company, customer=customer, address=line.get("address"),
                            district=line.get("district"), meter_number=line.get("meter_number")))
            for line, customer in zip(lines, customers, strict=True)
            if line.get("address")
        ]  # fmt: skip
        premises = Premises.objects.bulk_create([home for _line, home in homes], batch_size=500)
        made = [
            Made(row=line.number, model=CUSTOMER_LABEL, object_id=customer.pk)
            for line, customer in zip(lines, customers, strict=True)
        ]
        return made + [
            Made(row=line.number, model=PREMISES_LABEL, object_id=home.pk)
            for (line, _home), home in zip(homes, premises, strict=True)
        ]

    def _customer(self, line: Line) -> Customer:
        return Customer(
            company=self.origin.company,
            name=line.values["name"],
            salutation=line.get("salutation"),
            segment_code=self.segment_of.get(line.get("segment").lower(), "RETAIL"),
            phone=line.values["phone"],
            do_not_call=line.get("do_not_call", False),
            created_at=self.origin.at,
        )


class PremisesKind(Kind):
    """Further addresses of customers that are known."""

    code = "premises"
    name = _("用气地址")
    about = _("给已登记的客户补地址和表号")
    icon = "map-pin"
    makes = (Premises,)
    quiet_verbs: ClassVar[frozenset[str]] = QUIET
    columns = (CUSTOMER_NUMBER, CUSTOMER_PHONE, replace(ADDRESS, required=True), DISTRICT, METER)

    def begin(self, origin: Origin) -> Pass:
        """A pass over addresses."""
        return PremisesPass(origin)


class PremisesPass(Pass):
    """An address stands once with a customer, a meter once in a company."""

    def key(self, line: Line) -> Hashable | None:
        customer = line.found.get("customer")
        return (
            (customer.pk, line.values["address"])
            if customer is not None
            else ((line.get("customer") or line.get("phone"), line.values.get("address")))
        )

    def check(self, lines: Sequence[Line]) -> None:
        find_customers(self.origin.company, lines)
        keys = {line.found["customer"].pk for line in lines if "customer" in line.found}
        there = set(Premises.objects.filter(customer_id__in=keys).order_by().values_list("customer_id", "address"))
        meters = {line.get("meter_number") for line in lines} - {""}
        rows = Premises.objects.filter(company=self.origin.company, meter_number__in=meters).order_by()
        meter_at = dict(rows.values_list("meter_number", "address"))
        for line in lines:
            customer = line.found.get("customer")
            if customer is not None and (customer.pk, line.values["address"]) in there:
                line.wrong("address", "exists", what=customer.number)
            if line.get("meter_number") in meter_at:
                line.wrong("meter_number", "exists", what=meter_at[line.get("meter_number")])

    def load(self, lines: Sequence[Line]) -> list[Made]:
        rows = [
            Premises(
                company=self.origin.company,
                customer=line.found["customer"],
                address=line.values["address"],
                district=line.get("district"),
                meter_number=line.get("meter_number"),
            )
            for line in lines
        ]
        return [
            Made(row=line.number, model=PREMISES_LABEL, object_id=home.pk)
            for line, home in zip(lines, Premises.objects.bulk_create(rows, batch_size=500), strict=True)
        ]


def customers_by_phone(company: Unit, phones: set[str]) -> dict[str, list[Customer]]:
    """Telephone number → customers of `company` who stand on their own. One query."""
    found: dict[str, list[Customer]] = defaultdict(list)
    rows = Customer.objects.filter(company=company, phone__in=phones - {""}, merged_into=None)
    for customer in rows.only("pk", "phone", "created_at", "company_id").order_by("pk"):
        found[customer.phone].append(customer)
    return found


def find_customers(company: Unit, lines: Sequence[Line]) -> None:
    """Put the customer of each row into `line.found`, by number or else by telephone; note what stands against it.

    Two queries, however many rows.
    """
    keys = {line.number: key_of("KH", line.get("customer")) for line in lines if line.get("customer")}
    by_key = Customer.objects.in_bulk([key for key in keys.values() if key is not None])
    by_phone = customers_by_phone(company, {line.get("phone") for line in lines if not line.get("customer")})
    for line in lines:
        number, phone = line.get("customer"), line.get("phone")
        if not number and not phone:
            line.wrong("", "one_of", what="客户号、客户电话", what_en="customer number, customer's phone")
        elif number:
            customer = by_key.get(keys[line.number] or 0)
            if customer is None or customer.number != number.upper():
                line.wrong("customer", "unknown_code", text=number)
            elif customer.company_id != company.pk:
                line.wrong("customer", "other_company", text=number)
            else:
                line.found["customer"] = customer
        else:
            found = by_phone.get(phone, [])
            if len(found) == 1:
                line.found["customer"] = found[0]
            else:
                line.wrong("phone", "ambiguous" if found else "no_customer", text=phone[:3] + "****" + phone[-4:])
