"""What a stage asks for before it is done (O8): the short phrases of the catalogue, in the words of the field.

A phrase nobody knows is shown as it stands and has to be ticked: a new catalogue never loses a guard.
"""

from dataclasses import dataclass

from django.utils.translation import get_language

NOTE = "note"
"""a rule to know, not something to prove"""
TICK, TEXT, NUMBER, PHOTO, SIGNATURE, CHOICE = "tick", "text", "number", "photo", "signature", "choice"


@dataclass(frozen=True)
class Choice:
    """One answer of a guard that is decided; `explain`: it counts only with words beside it."""

    code: str
    zh: str
    en: str
    explain: bool = False

    @property
    def name(self) -> str:
        """The wording in the active language."""
        return self.en if (get_language() or "").startswith("en") else self.zh


@dataclass(frozen=True)
class Guard:
    """One guard: the phrase of the catalogue, what proves it, how it is worded.

    `count`: how many pieces are needed. `strict`: a signature that no reason replaces.
    `other_person`: who completes this stage must not have completed the one before (X4).
    `not_at_night`: the stage cannot be completed between 22:00 and 6:00 (STD-EC-17); "residents" where this holds
    for homes only.
    """

    phrase: str
    kind: str
    zh: str
    en: str
    count: int = 1
    strict: bool = False
    other_person: bool = False
    not_at_night: str = ""
    choices: tuple[Choice, ...] = ()

    @property
    def name(self) -> str:
        """The wording in the active language."""
        return self.en if (get_language() or "").startswith("en") else self.zh

    @property
    def is_evidence(self) -> bool:
        """Whether completion needs a piece of evidence for it."""
        return self.kind != NOTE


def _table(*guards: Guard) -> dict[str, Guard]:
    return {guard.phrase: guard for guard in guards}


GUARDS = _table(
    # 报装
    Guard("identity and address recorded", TICK, "已核对身份与地址", "identity and address checked"),
    Guard("expected gas-on date told", TICK, "已告知客户预计通气日", "expected gas-on date told to the customer"),
    Guard(
        "feasible / not feasible with reason",
        TEXT,
        "踏勘结论：可行，或不可行及原因",
        "survey result: feasible, or why not",
    ),
    Guard("plan signed by customer", SIGNATURE, "客户在方案上签字", "customer's signature on the plan"),
    Guard(
        "clock paused while waiting for customer payment",
        NOTE,
        "等待客户缴费时挂起，停止计时",
        "pause while waiting for the customer's payment: the clock stops",
    ),
    Guard("receipt number", TEXT, "收据号", "receipt number"),
    Guard("only if riser not live", NOTE, "仅当立管未通气时需要", "needed only where the riser is not live"),
    Guard("photos before/after", PHOTO, "施工前后照片各 1 张", "one photo before and one after the work", count=2),
    Guard("crew identity", TICK, "出示工牌，说清今天做什么", "showed the badge and said what is done today"),
    Guard("pressure test record", NUMBER, "试压读数（kPa）", "pressure test reading (kPa)"),
    Guard("customer signature", SIGNATURE, "客户签字（或写明原因）", "customer's signature (or why there is none)"),
    Guard("leak test pass", NUMBER, "气密试验通过，录入读数（kPa）", "leak test passed, reading (kPa)"),
    Guard("safety briefing ticked", TICK, "已做安全用气讲解", "safety briefing given"),
    Guard("meter number linked", TEXT, "燃气表编号", "meter number"),
    Guard("card works", TICK, "气卡读写正常", "gas card reads and writes"),
    Guard(
        "second attempt in another time slot when not reached",
        NOTE,
        "没接通要换时段再打一次",
        "not reached: a second attempt in another time slot",
    ),
    # 合同户、工商户
    Guard("developer papers checked", TICK, "已核对开发商资料", "developer's papers checked"),
    Guard(
        "clock paused while customer signs or pays",
        NOTE,
        "等待客户签字或缴费时挂起，停止计时",
        "pause while the customer signs or pays: the clock stops",
    ),
    Guard("only if outer line needed", NOTE, "仅当需要外线时进行", "needed only where an outer line is needed"),
    Guard(
        "contract date overrides default",
        NOTE,
        "合同约定日期优先于默认时限",
        "the date in the contract goes before the default",
    ),
    Guard(
        "per-household sub-record",
        NOTE,
        "逐户办理：各户都完成后本环节才算完成",
        "done household by household; ends when every household is done",
    ),
    # 报修、抢险
    Guard(
        "safety triage first: leak -> OT-EMERG",
        TICK,
        "已先问安全：有漏气即转抢险",
        "asked about safety first: a leak becomes an emergency order",
    ),
    Guard(
        "arrival time by device", TICK, "到场签到（时间由系统记下）", "checked in on site (time taken by the system)"
    ),
    Guard(
        "appointment overrides default",
        NOTE,
        "与客户另有约定的，以约定时间为准",
        "a time agreed with the customer goes before the default",
    ),
    Guard("parts used, cause, charge item", TEXT, "更换配件、故障原因、收费项目", "parts used, cause, items charged"),
    Guard("signature or reason", SIGNATURE, "客户签字（或写明原因）", "customer's signature (or why there is none)"),
    Guard("100 % coverage", NOTE, "每单都要回访", "every order is called back"),
    Guard("safety script read", TICK, "已读完安全提示话术", "safety script read to the caller"),
    Guard("never paused", NOTE, "抢险不得挂起", "an emergency is never paused"),
    Guard("remote zone 50 MIN (STD-EC-19)", NOTE, "偏远区域 50 分钟到场", "50 minutes in remote zones"),
    Guard(
        "not 22:00-06:00 for residents",
        NOTE,
        "22:00–6:00 不得恢复居民供气",
        "no supply to residents is restored between 22:00 and 06:00",
        not_at_night="residents",
    ),
    Guard("notice before restoring", TICK, "恢复供气前已通知用户", "customers told before supply is restored"),
    # 安检、改管、停气
    Guard("cycle per customer type", NOTE, "周期按客户类别", "the cycle depends on the kind of customer"),
    Guard(
        "no access: notice left with time and photo, re-contact 3 CD",
        NOTE,
        "到访不遇：留下带时间的告知单并拍照，3 天内再约",
        "no access: leave a dated notice, take a photo, make a new appointment within 3 days",
    ),
    Guard(
        "written notice; serious hazard: shut-off",
        TEXT,
        "隐患告知书编号（严重隐患须停气）",
        "number of the hazard notice (serious hazard: shut off)",
    ),
    Guard(
        "clock paused while customer decides",
        NOTE,
        "等待客户决定时挂起，停止计时",
        "pause while the customer decides: the clock stops",
    ),
    Guard(
        "not 22:00-06:00",
        NOTE,
        "22:00–6:00 不得恢复供气",
        "no supply is restored between 22:00 and 06:00",
        not_at_night="all",
    ),
    # 技术服务
    Guard(
        "clerk opens sheet and assigns engineer",
        TICK,
        "已开任务单并指派工程师",
        "service sheet opened, engineer assigned",
    ),
    Guard(
        "written record from first talk to close",
        TEXT,
        "处理过程记录（从首次沟通到办结）",
        "record of the work from first talk to close",
    ),
    Guard(
        "to clerk and related staff",
        TICK,
        "结果已反馈派单员与相关人员",
        "result returned to the clerk and those concerned",
    ),
    Guard("clerk assigns engineer", TICK, "已指派工程师", "engineer assigned"),
    Guard("service record on the sheet", TEXT, "服务记录", "service record"),
    Guard("signature mandatory", SIGNATURE, "客户签字（必须）", "customer's signature (required)", strict=True),
    Guard(
        "customer data and initial check recorded",
        TEXT,
        "客户资料与初验（外观、配置）",
        "customer data, first check of appearance and configuration",
    ),
    Guard(
        "in warranty / out of warranty / send outside",
        CHOICE,
        "保修判定",
        "warranty decision",
        choices=(
            Choice("in", "保内", "in warranty"),
            Choice("out", "保外", "out of warranty", explain=True),
            Choice("outside", "外送维修", "sent outside", explain=True),
        ),
    ),
    Guard("repair process record mandatory", TEXT, "维修过程记录", "record of the repair"),
    Guard("re-check passed", TICK, "复检合格", "re-check passed"),
    Guard(
        "customer confirmation required to close",
        SIGNATURE,
        "客户确认（签字或写明原因）",
        "customer's confirmation (signature, or why there is none)",
    ),
    Guard(
        "unsolved problem -> 系统维护备忘录 and 专题服务",
        NOTE,
        "未解决的问题写入系统维护备忘录，另开专题服务",
        "an unsolved problem goes into the maintenance memo and a service order of its own",
    ),
    Guard("also work log", TICK, "工作日志已填写", "work log written"),
    Guard("solved -> RECORD", NOTE, "电话解决的直接转服务记录", "solved on the phone: go on to the record"),
    Guard("vendor engineer may be called", NOTE, "可请厂商工程师到场", "the vendor's engineer may be called"),
    Guard("when equipment failure", NOTE, "仅当设备故障需换备件", "only where equipment failed"),
    Guard(
        "problem, analysis, solution, work log",
        TEXT,
        "问题、分析、解决办法与工作日志",
        "problem, analysis, solution and work log",
    ),
    Guard("and work log", TICK, "工作日志已填写", "work log written"),
    # 商品、集团客户
    Guard("entered by assistant", TICK, "由助理录入", "entered by the assistant"),
    Guard(
        "approver is not the enterer", NOTE, "审核人不得是录入人", "the approver is not the enterer", other_person=True
    ),
    Guard(
        "keeper first check, shipping inspector second check",
        TICK,
        "保管员一审、发货检查员二审均已通过",
        "first check by the keeper, second by the shipping inspector",
    ),
    Guard("later period allowed", NOTE, "可在以后期间开票", "may be invoiced in a later period"),
    Guard("progress told per phase", TICK, "各阶段进度已告知客户", "customer told about every phase"),
)


def guard_of(phrase: str) -> Guard:
    """The guard a catalogue phrase stands for; an unknown phrase is ticked under its own words."""
    return GUARDS.get(phrase) or Guard(phrase, TICK, phrase, phrase)


def guards_of(phrases: list[str]) -> list[Guard]:
    """The guards of a stage, in the order of the catalogue."""
    return [guard_of(phrase) for phrase in phrases]
