"""Roles as code, readable by an auditor (workflows.md §14).

A role is a set of permissions and a reach. Nothing else in the product decides what a role may do; who may see
which rows is `scope.py`, what one person may do to one row is the `policy.py` of the capability.
"""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from cxorders.organisation.enums import Reach

PERMISSIONS: dict[str, Promise] = {
    "bench.read": _("打开自己的工作台"),
    "order.read": _("看范围内的订单旅程"),
    "order.create": _("登记并受理订单"),
    "order.work": _("完成、挂起、恢复本单位的环节"),
    "order.manage": _("跳过可选环节、挂起整单、取消、批准超过 1 个工作日的挂起"),
    "promise.exempt": _("决定下级提出的承诺豁免"),
    "compensation.settle": _("付失约赔付，或写明原因不赔"),
    "customer.read": _("看范围内的客户"),
    "customer.reveal": _("查看完整电话号码（记入日志）"),
    "customer.merge": _("合并重复的客户，撤销合并"),
    "contact.create": _("登记客户联系，首问负责到答复"),
    "record.read": _("看范围内的体验记录原文"),
    "record.create": _("提交体验记录"),
    "record.note": _("在记录下追加说明"),
    "issue.read": _("看范围内的问题"),
    "issue.create": _("直接登记问题"),
    "issue.handle": _("接收、联系客户、答复"),
    "issue.manage": _("派单、指定处理人、挂起审批"),
    "issue.vet": _("把关、裁定退单"),
    "callback.read": _("看回访任务"),
    "callback.work": _("领取并完成回访"),
    "dashboard.read": _("看本单位看板"),
    "compare.read": _("看各企业并列"),
    "score.read": _("看得分与其后的明细"),
    "score.compute": _("运行月度计算"),
    "catalogue.read": _("看触点地图与标准"),
    "catalogue.override": _("加问题、改派部门（本公司）"),
    "standard.propose": _("提议本公司更严的标准，记下公示"),
    "standard.approve": _("批准或退回本公司标准的提议"),
    "view.share": _("把保存的筛选共享给本单位及下级"),
    "import.read": _("看导入批次和有错的行"),
    "import.run": _("导入数据、撤销导入"),
    "list.export": _("导出列表（记入日志）"),
    "journal.read": _("看操作日志"),
    "organisation.read": _("看组织与人员"),
    "organisation.manage": _("维护组织、人员与授权"),
}
"""every permission and what it allows"""

_EVERYBODY = {"bench.read", "catalogue.read"}
_FRONT = _EVERYBODY | {
    "order.read",
    "order.work",
    "customer.read",
    "contact.create",
    "record.read",
    "record.create",
    "record.note",
}
_READ = _EVERYBODY | {
    "order.read",
    "customer.read",
    "record.read",
    "issue.read",
    "callback.read",
    "dashboard.read",
    "score.read",
}
_MANAGE = _READ | {
    "record.create",
    "record.note",
    "order.work",
    "order.manage",
    "promise.exempt",
    "compensation.settle",
    "standard.propose",
    "customer.reveal",
    "customer.merge",
    "contact.create",
    "issue.create",
    "issue.handle",
    "issue.manage",
    "list.export",
    "organisation.read",
    "view.share",
}


@dataclass(frozen=True)
class Role:
    """One role: stable code, names, what it is for, permissions, reach."""

    code: str
    zh: str
    en: str
    about: Promise
    reach: Reach
    permissions: frozenset[str]

    @property
    def name(self) -> str:
        """Name in the active language."""
        return self.en if (get_language() or "").startswith("en") else self.zh

    def may(self, permission: str) -> bool:
        """Whether the role carries `permission`; KeyError for a permission nobody defined."""
        if permission not in PERMISSIONS:
            raise KeyError(permission)
        return permission in self.permissions


def _role(code: str, zh: str, en: str, about: Promise, reach: Reach, permissions: set[str]) -> Role:
    unknown = permissions - PERMISSIONS.keys()
    if unknown:
        raise KeyError(f"{code}: {sorted(unknown)}")
    return Role(code, zh, en, about, reach, frozenset(permissions))


ROLES: dict[str, Role] = {
    role.code: role
    for role in (
        _role(
            "front", "前台人员", "front-line staff", _("在营业厅面对客户，受理订单，采集体验信息"),
            Reach.UNIT, _FRONT | {"order.create", "customer.reveal", "issue.create", "issue.read"},
        ),
        _role(
            "agent", "坐席", "call-centre agent", _("接听客户来电，首问负责，登记问题"),
            Reach.UNIT, _FRONT | {"order.create", "customer.reveal", "issue.create", "issue.read"},
        ),
        _role(
            "field", "入户服务人员", "field technician", _("上门置换、维修、安检、抄表"),
            Reach.UNIT, _FRONT | {"customer.reveal", "issue.create", "issue.read"},
        ),
        _role(
            "crew", "施工人员", "construction crew", _("测量、安装、管网施工"),
            Reach.UNIT, _FRONT | {"customer.reveal", "issue.create", "issue.read"},
        ),
        _role(
            "callback", "回访专员", "call-back specialist", _("按窗口回访，核实问题是否解决"),
            Reach.COMPANY,
            _EVERYBODY | {"order.read", "customer.read", "customer.reveal", "contact.create", "record.read",
                          "record.create", "record.note", "issue.read", "callback.read", "callback.work"},
        ),
        _role(
            "clerk", "派单员", "service clerk", _("登记服务单，定级、派单"),
            Reach.UNIT, _FRONT | {"order.create", "customer.reveal", "issue.create", "issue.read", "issue.manage"},
        ),
        _role(
            "handler", "后台处理人", "back-office handler", _("接收并解决问题，答复客户"),
            Reach.UNIT,
            _EVERYBODY | {"order.read", "order.work", "customer.read", "customer.reveal", "contact.create",
                          "record.read", "record.create", "record.note", "issue.read", "issue.create", "issue.handle"},
        ),
        _role("dept_mgr", "部门负责人", "department manager", _("管一个部门的订单、问题与时限"), Reach.UNIT, _MANAGE),
        _role(
            "gatekeeper", "把关人", "branch gatekeeper", _("裁定退单，决定上报还是公司内解决"),
            Reach.COMPANY, _MANAGE | {"issue.vet", "compare.read"},
        ),
        _role(
            "branch_leader", "成员企业领导", "branch leader", _("看全公司，作最后决定"),
            Reach.COMPANY,
            _MANAGE | {"issue.vet", "compare.read", "catalogue.override", "standard.approve", "import.read",
                       "journal.read"},
        ),
        _role(
            "hq_cs", "集团客户服务部", "HQ customer service", _("监督全集团，受理上报，发布通报"),
            Reach.GROUP,
            _READ | {"compare.read", "promise.exempt", "score.compute", "record.create", "record.note",
                     "customer.reveal",
                     "customer.merge", "issue.create", "issue.manage", "issue.vet", "catalogue.override",
                     "standard.approve", "import.read", "list.export", "organisation.read", "journal.read",
                     "view.share"},
        ),
        _role(
            "hq_dept", "集团相关部门", "HQ department", _("答复集团客服部转来的事项"),
            Reach.UNIT, _READ | {"record.create", "issue.handle"},
        ),
        _role(
            "inspector", "抽检员", "spot-check inspector", _("核实记录是否真实，检查服务"),
            Reach.GROUP,
            _READ | {"compare.read", "record.create", "record.note", "customer.reveal", "issue.create", "import.read",
                     "list.export", "journal.read"},
        ),
        _role(
            "mystery", "神秘客户", "mystery customer", _("暗访并打分"),
            Reach.OWN, _EVERYBODY | {"record.create", "record.read"},
        ),
        _role("supervisor", "业务监督员", "customer business supervisor", _("试用新业务"), Reach.OWN, {"bench.read"}),
        _role(
            "walker", "穿越人员", "process walker", _("以客户身份走一遍流程"),
            Reach.OWN, _EVERYBODY | {"record.create", "record.read", "issue.create"},
        ),
        _role("initiator", "方案发起人", "proposal initiator", _("发起营销案或业务需求"), Reach.OWN, _EVERYBODY),
        _role("countersigner", "会签人", "countersigner", _("会签"), Reach.OWN, _EVERYBODY),
        _role(
            "admin", "系统管理员", "system administrator", _("管组织、人员、日历；看不到业务内容"),
            Reach.NOTHING,
            _EVERYBODY | {"organisation.read", "organisation.manage", "import.read", "import.run", "journal.read"},
        ),
        _role(
            "data_clerk", "数据员", "data clerk", _("导入和导出本公司的数据"),
            Reach.COMPANY,
            _EVERYBODY | {"order.read", "customer.read", "record.read", "issue.read", "import.read", "import.run",
                          "list.export"},
        ),
        _role(
            "auditor", "审计只读", "read-only auditor", _("从公布的数字一直查到原始记录，什么都不能改"),
            Reach.GROUP, _READ | {"compare.read", "import.read", "list.export", "journal.read", "organisation.read"},
        ),
        _role("customer", "客户", "customer", _("只通过公开链接"), Reach.NOTHING, set()),
    )
}  # fmt: skip
