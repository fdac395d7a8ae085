"""What importing customers or running orders costs: the whole way of a file against a bare bulk_create of the rows.

Runs in a process of its own (`python -m tests.bench.importing ROWS KIND`), so that its peak of memory is that of a
worker and not of the bench.
"""

import json
import os
import resource
import subprocess
import sys
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from time import perf_counter
from typing import Any

ROWS = 50_000
BAD_EVERY = 50
HEADS = {
    "customers": ("姓名", "电话", "客户分类", "地址", "片区", "表号"),
    "orders": ("原单号", "客户电话", "订单类型", "受理单位", "受理时间", "当前环节", "环节开始时间"),
}
ORDER_TYPE, STAGE = "OT-RETAIL-INSTALL", "DESIGN"


def measure(kind: str, rows: int = ROWS) -> dict[str, Any]:
    """What the process says of itself: seconds, rows, peak of memory in MiB. RuntimeError where counts are wrong."""
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[2])}
    command = [sys.executable, "-m", "tests.bench.importing", str(rows), kind]
    done = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    good, bad = rows - rows // BAD_EVERY, rows // BAD_EVERY
    if (found["loaded"], found["bad"]) != (good, bad):
        raise RuntimeError(f"{found} instead of {good} good and {bad} bad rows")
    return found


def _phone(serial: int, number: int) -> str:
    """Of eleven digits; each BAD_EVERY-th is too short."""
    phone = f"1{serial}{number:08d}"
    return phone[:8] if number % BAD_EVERY == 0 else phone


def _customers(rows: int, serial: int) -> list[tuple[str, ...]]:
    return [
        (f"客户{n}", _phone(serial, n), "RETAIL", f"望江路 {n} 号", "望江片区", f"QB{serial}{n:07d}")
        for n in range(rows)
    ]


def _orders(rows: int, serial: int, company: Any, at: Any) -> list[tuple[str, ...]]:
    """Orders of customers who are there already, in the middle of their way, begun within the last weeks."""
    from cxorders.customers.models import Customer
    from cxorders.organisation.models import Unit

    Customer.objects.bulk_create(
        [Customer(company=company, name=line[0], phone=line[1], created_at=at) for line in _customers(rows, serial)],
        batch_size=500,
    )
    hall = Unit.objects.filter(company=company, department_code="D-HALL", kind="team").order_by("path")[0].code
    made = []
    for n in range(rows):
        accepted = at - timedelta(days=12 + n % 9, minutes=n % 480)
        told = [f"{moment:%Y-%m-%d %H:%M}" for moment in (accepted, accepted + timedelta(days=5, minutes=n % 300))]
        made.append((f"W-{serial}-{n}", _phone(serial, n), ORDER_TYPE, hall, told[0], STAGE, told[1]))
    return made


def _file(kind: str, lines: list[tuple[str, ...]]) -> Path:
    """The workbook, on disk: making it is no part of what is measured."""
    from cxorders.kit.sheets.writing import Workbook

    book = Workbook()
    book.sheet("Sheet1", HEADS[kind], lines, text_columns=[1])
    path = Path(os.environ["CX_VAR_DIR"]) / f"bench-{kind}.xlsx"
    with book.finish() as content:
        path.write_bytes(content.read())
    return path


def _bare_customers(rows: int, company: Any, at: Any) -> float:
    """Seconds for the same good rows as two plain bulk_create."""
    from cxorders.customers.models import Customer, Premises

    lines = [line for line in _customers(rows, 32) if len(line[1]) == 11]
    began = perf_counter()
    customers = Customer.objects.bulk_create(
        [Customer(company=company, name=line[0], phone=line[1], created_at=at) for line in lines], batch_size=500
    )
    Premises.objects.bulk_create(
        [
            Premises(company=company, customer=one, address=line[3], district=line[4], meter_number=line[5])
            for one, line in zip(customers, lines, strict=True)
        ],
        batch_size=500,
    )
    return perf_counter() - began


def _bare_orders(rows: int, company: Any, at: Any) -> float:
    """Seconds for as many orders with as many stages, without a rule, as plain bulk_create in chunks."""
    from touchpoints.orders.models import Order, OrderType, Stage, StageType

    kind = OrderType.objects.get(code=ORDER_TYPE)
    types = list(StageType.objects.filter(order_type=kind, retired=False).order_by("seq"))
    good = rows - rows // BAD_EVERY
    began = perf_counter()
    for first in range(0, good, 1000):
        orders = Order.objects.bulk_create(
            [
                Order(company=company, unit=company, order_type=kind, title=str(n), created_at=at)
                for n in range(first, min(first + 1000, good))
            ],
            batch_size=500,
        )
        Stage.objects.bulk_create(
            [
                Stage(company=company, order=order, stage_type=row, seq=row.seq, unit=company, promise_kind="within")
                for order in orders
                for row in types
            ],
            batch_size=500,
        )
    return perf_counter() - began


# long: the steps of one measurement, in order
def main(rows: int, kind: str) -> None:
    """Import, then the bare rows, then the undo; the figures as one line of JSON."""
    import django

    django.setup()
    from django.utils import timezone

    from cxorders.organisation.models import Grant
    from cxorders.transfer.actions import ask_undo, carry_out, hand_in, match_columns, start_loading
    from cxorders.transfer.models import Batch

    grant = Grant.objects.filter(role_code="admin").select_related("user", "unit").order_by("pk")[0]
    user = grant.user
    user.active_grant = grant
    leader = Grant.objects.filter(role_code="branch_leader").select_related("unit__company").order_by("pk")[0]
    company = leader.unit.company
    now = timezone.now()
    path = _file(kind, _customers(rows, 31) if kind == "customers" else _orders(rows, 33, company, now))
    start = _peak()
    content = BytesIO(path.read_bytes())
    began = perf_counter()
    batch = hand_in(
        company=company, kind_code=kind, stream=content, filename=path.name, size=path.stat().st_size, by=user,
        at=timezone.now(),
    )  # fmt: skip
    match_columns(batch, batch.mapping, by=user, at=timezone.now())
    carry_out(batch.pk, now=timezone.now)
    checked = perf_counter()
    start_loading(Batch.objects.get(pk=batch.pk), by=user, at=timezone.now())
    carry_out(batch.pk, now=timezone.now)
    loaded = perf_counter()
    peak = _peak()
    done = Batch.objects.get(pk=batch.pk)
    bare = (_bare_customers if kind == "customers" else _bare_orders)(rows, company, now)
    undoing = perf_counter()
    ask_undo(done, by=user, at=timezone.now(), reason="bench")
    carry_out(batch.pk, now=timezone.now)
    undone = perf_counter()
    figures = {
        "rows": rows, "loaded": done.loaded, "bad": done.bad, "check": checked - began, "load": loaded - checked,
        "seconds": loaded - began, "bare": bare, "peak": peak, "start": start, "undo": undone - undoing,
        "state": Batch.objects.get(pk=batch.pk).state,
    }  # fmt: skip
    print(json.dumps(figures))  # noqa: T201


def _peak() -> float:
    """The most memory this process has held, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
