"""Puts sentences together: facts, openers and closings with dates, places and amounts; hardly two are alike."""

import re
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from random import Random

from cxorders.demo import names
from cxorders.demo.pace import pick
from cxorders.demo.words_bad import AFTERS, ASKS, ASKS_AT_COUNTER, ASKS_AT_HOME, DANGER, FACTS, OPENERS
from cxorders.demo.words_good import BUTS, CHEERS, GOOD, LEADS, PLAIN, SOLVED, UNRATED, UNSOLVED
from cxorders.demo.words_work import ANSWERS, PROOFS, USUAL

Slot = Callable[[Random, datetime], str]
DANGEROUS = 0.006
"""share of bad news that speaks of danger"""
AT_HOME = ("HS", "EC")
"""touchpoints for which somebody comes to the customer"""

_DAYS = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")
_TIMES = (
    "早上八点半",
    "上午九点",
    "上午十点",
    "十点半",
    "中午",
    "下午两点",
    "下午两点半",
    "下午三点",
    "下午四点",
    "傍晚",
)
_KIN = ("老人", "我妈", "我爸", "我爱人", "奶奶", "爷爷", "孩子", "婆婆", "岳父", "八十岁的老母亲")
_ROOMS = ("厨房", "客厅", "阳台", "卫生间", "餐厅", "走廊", "生活阳台")
_THINGS = ("燃气灶", "热水器", "壁挂炉", "烤箱灶", "双眼灶")
_PAPERS = ("身份证", "房产证", "购房合同", "户口本", "委托书", "旧气卡", "结婚证", "租房合同")
_PARTS = ("电磁阀", "打火针", "连接软管", "表前阀", "减压阀", "微动开关", "密封圈", "控制器")
_HALLS = ("城南营业厅", "城北营业厅", "高新营业厅")
_UNITS = ("工程部", "营业部", "户内服务部", "呼叫中心", "客户服务部", "财务部")


def _day(shift: Callable[[Random], int]) -> Slot:
    def say(rnd: Random, at: datetime) -> str:
        day = at + timedelta(days=shift(rnd))
        return f"{day.month}月{day.day}日"

    return say


def _when(rnd: Random, at: datetime) -> str:
    if rnd.random() < 0.4:
        return pick(("这周五", "下周一", "下周三", "月底", "后天", "这个周末", "三天之内", "一周之内"), rnd)
    return _SLOTS["soon"](rnd, at)


def _number(low: int, high: int) -> Slot:
    span = high - low + 1
    return lambda rnd, at: str(low + int(rnd.random() * span))


def _one_of(words: Sequence[str]) -> Slot:
    return lambda rnd, at: pick(words, rnd)


_SLOTS: dict[str, Slot] = {
    "n": _number(2, 6), "n2": _number(3, 8), "d": _number(4, 26), "g": _number(3, 28),
    "m": lambda rnd, at: str(25 + 5 * int(rnd.random() * 18)),
    "k": lambda rnd, at: str(20 + 2 * int(rnd.random() * 190)),
    "k2": lambda rnd, at: str(80 + 10 * int(rnd.random() * 40)),
    "kk": lambda rnd, at: str(1800 + 50 * int(rnd.random() * 60)),
    "num": lambda rnd, at: f"{at:%y%m}{int(rnd.random() * 100_000):05d}",
    "date": _day(lambda rnd: -2 - int(rnd.random() * 24)), "soon": _day(lambda rnd: 2 + int(rnd.random() * 9)),
    "lately": _day(lambda rnd: -int(rnd.random() * 2)),
    "when": _when, "wd": _one_of(_DAYS), "t": _one_of(_TIMES),
    "t2": _one_of(("十一点多", "中午一点", "下午三点多", "下午五点", "傍晚六点", "快下班", "天黑")),
    "eve": _one_of(("晚上七点", "晚上八点", "晚上九点多", "快十点", "半夜")), "kin": _one_of(_KIN),
    "room": _one_of(_ROOMS), "app": _one_of(_THINGS), "doc": _one_of(_PAPERS[:4]), "doc2": _one_of(_PAPERS[4:]),
    "part": _one_of(_PARTS), "hall": _one_of(_HALLS), "dept": _one_of(_UNITS),
    "crew": _one_of(("第一施工队", "第二施工队", "施工班")),
    "bld": lambda rnd, at: f"{1 + int(rnd.random() * 28)}号楼",
    "person": lambda rnd, at: pick(names.SURNAMES, rnd) + pick(("师傅", "班长", "主管", "工", "经理"), rnd),
    "who": lambda rnd, at: pick(("师傅", "小伙子", "姑娘", f"{pick(names.SURNAMES, rnd)}师傅", "窗口的人"), rnd),
}  # fmt: skip

_BRACES = re.compile(r"\{(\w+)\}")


def fill(template: str, rnd: Random, at: datetime) -> str:
    """`template` with its slots drawn, the same slot alike throughout; dates lie around `at`."""
    pieces = _BRACES.split(template)
    drawn: dict[str, str] = {}
    for index in range(1, len(pieces), 2):
        name = pieces[index]
        known = drawn.get(name)
        if known is None:
            known = drawn[name] = _SLOTS[name](rnd, at)
        pieces[index] = known
    return "".join(pieces)


def bare_fact(point: str, rnd: Random, at: datetime) -> str:
    """One fact about the key point `point`, without anything around it."""
    return fill(pick(FACTS.get(point) or _nearest(point), rnd) + "。", rnd, at)


def speaks_of(point: str) -> bool:
    """Whether the key point has facts of its own."""
    return point in FACTS


def complaint(point: str, rnd: Random, at: datetime, *, danger: bool = True) -> str:
    """Dissatisfied words about the key point `point`; without `danger` never of danger."""
    if danger and rnd.random() < DANGEROUS:
        fact = pick(DANGER, rnd)
    else:
        fact = pick(FACTS.get(point) or _nearest(point), rnd)
    text = pick(OPENERS, rnd) + fact
    if rnd.random() < 0.75:
        text += "，" + pick(AFTERS, rnd)
    if rnd.random() < 0.65:
        text += "。" + pick(ASKS + (ASKS_AT_HOME if point[3:5] in AT_HOME else ASKS_AT_COUNTER), rnd)
    return fill(text + "。", rnd, at)


def _nearest(point: str) -> tuple[str, ...]:
    """Facts of the same touchpoint for a key point without its own."""
    same = [facts for code, facts in FACTS.items() if code[:5] == point[:5]]
    return same[0] if same else FACTS["KP-CC-02"]


def remark(process: str, rnd: Random, at: datetime) -> str:
    """Half-satisfied words."""
    return fill(pick(PLAIN[process[:2]], rnd) + pick(BUTS, rnd) + "。", rnd, at)


def praise(process: str, rnd: Random, at: datetime) -> str:
    """Satisfied words."""
    fact = pick(GOOD.get(process) or GOOD[f"{process[:2]}-CONSULT"], rnd)
    return fill(pick(LEADS, rnd) + fact + pick(CHEERS, rnd) + "。", rnd, at)


def verdict(solved: bool, rnd: Random, at: datetime) -> str:
    """What a customer says on the phone about an answered issue."""
    if solved:
        return fill(pick(SOLVED, rnd) + pick(CHEERS, rnd) + "。", rnd, at)
    return fill(pick(UNSOLVED, rnd) + "，" + pick(AFTERS, rnd) + "。", rnd, at)


def unrated(rnd: Random, at: datetime) -> str:
    """What customers say who give no rating."""
    return fill(pick(UNRATED, rnd) + "。", rnd, at)


def answer(category: str, rnd: Random, at: datetime) -> tuple[str, str]:
    """(action taken, reply to the customer) of a handler about an issue of `category`."""
    action, reply = pick(ANSWERS.get(category) or ANSWERS.get(category.rpartition("-")[0]) or USUAL, rnd)
    told, _, said = fill(f"{action}。\n{reply}。", rnd, at).partition("\n")
    return told, said


def proof(phrase: str, rnd: Random, at: datetime) -> str:
    """What stands as the proof of a guard."""
    return fill(pick(PROOFS.get(phrase) or ("已处理，{t}完成",), rnd), rnd, at)
