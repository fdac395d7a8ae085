"""Names of places and people; all invented."""

from collections.abc import Sequence
from random import Random

_FIRST = "青云松临清安宁丰昌泰永长新白金玉石秋望春"
_LAST = "岚汀屿澜渡岫坞畈"
COMPANY_STEMS = [first + last for last in _LAST for first in _FIRST]
"""160 invented town names, enough for any group"""

SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧"
_GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰红建国志云海燕文斌宇浩凯雪梅春林晓晨"
STREETS = (
    "望江路", "建设路", "人民路", "和平街", "滨河大道", "文昌街", "新华路", "解放路", "学府路", "青年路",
    "迎宾大道", "工农路", "光明路", "长青街", "东风路", "西园路", "南湖路", "北苑街",
)  # fmt: skip
ESTATES = (
    "梧桐苑", "书香里", "滨江花园", "锦绣城", "阳光家园", "翠湖湾", "金桂园", "世纪新城", "枫林小区", "和悦府",
    "紫荆公寓", "云顶花园", "丽景苑", "朝阳里", "馨园", "香樟国际",
)  # fmt: skip
DISTRICTS = ("城东", "城西", "城南", "城北", "高新区", "开发区")


def person(rnd: Random) -> str:
    """A full name of two or three characters."""
    given = _one(_GIVEN, rnd) + (_one(_GIVEN, rnd) if rnd.random() < 0.7 else "")
    return _one(SURNAMES, rnd) + given


def salutation(name: str, rnd: Random) -> str:
    """How to address a customer, e.g. 周女士."""
    return name[0] + ("女士" if rnd.random() < 0.52 else "先生")


def address(rnd: Random) -> str:
    """A dwelling in a street or an estate."""
    if rnd.random() < 0.55:
        return dwelling(_one(ESTATES, rnd), rnd)
    return f"{_one(STREETS, rnd)} {_upto(288, rnd)} 号 {_upto(9, rnd)}-{_door(rnd)}"


def dwelling(estate: str, rnd: Random) -> str:
    """One dwelling of an estate."""
    return f"{estate} {_upto(30, rnd)}-{_upto(4, rnd)}-{_door(rnd)}"


def _door(rnd: Random) -> str:
    return f"{_upto(28, rnd)}{_upto(4, rnd):02d}"


def _one(items: Sequence[str], rnd: Random) -> str:
    return items[int(rnd.random() * len(items))]


def _upto(most: int, rnd: Random) -> int:
    return 1 + int(rnd.random() * most)


def mobile(rnd: Random) -> str:
    """An eleven-digit mobile number."""
    return f"1{_one('3578', rnd)}{int(rnd.random() * 1_000_000_000):09d}"
