"""Where people are treated: the institutions of the county and those outside it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

COUNTY_DIVISION = "370299"
OUTSIDE_DIVISION = "370201"

HOSPITAL, TOWNSHIP, VILLAGE, PHARMACY, OUTSIDE = range(5)
KINDS = ("hospital", "township", "village", "pharmacy", "outside")

# The real county of source C: so many clinics and pharmacies for so many people.
_MODEL_PEOPLE = 300_000
_MODEL_VILLAGES = 247
_MODEL_PHARMACIES = 141

_HOSPITALS = (("西海第一人民医院", "三级"), ("西海第二人民医院", "二级"))
TOWNS = ("柳汀镇", "石盘镇", "青埠镇", "沙岭镇", "望岚镇", "南潮镇", "白桥镇")
# Share of the people in each town; the last two towns make up the second consortium.
TOWN_PERCENT = (18, 17, 15, 14, 11, 13, 12)
CONSORTIA = ("xihai", "donghe")
NAMES_OF_CONSORTIA = {"xihai": "西海医共体", "donghe": "东河医共体"}
TOWN_CONSORTIUM = np.array([0, 0, 0, 0, 0, 1, 1])
_OUTSIDE = (
    "琴屿大学附属医院",
    "琴屿市中心医院",
    "琴屿市肿瘤医院",
    "琴屿市骨科医院",
    "琴屿市妇儿医院",
    "齐山省立医院",
)
_FAMILIES = "王李张刘陈杨赵孙周吴徐马朱胡郭何林高"
_VILLAGES = tuple(f"家{place}" for place in "庄沟埠河岭屯洼湾疃滩集店泊口")
_PHARMACIES = ("康宁", "仁春堂", "百草", "福顺", "惠民", "同春", "安泰", "颐年")


@dataclass(frozen=True)
class Places:
    """All institutions by position: hospitals, townships, outside, then villages, then pharmacies."""

    ids: list[str]
    names: list[str]
    kind: np.ndarray
    levels: list[str]
    town: np.ndarray

    def of(self, kind: int) -> np.ndarray:
        return np.flatnonzero(self.kind == kind)

    @property
    def division(self) -> list[str]:
        return [OUTSIDE_DIVISION if kind == OUTSIDE else COUNTY_DIVISION for kind in self.kind]


def _scaled(model: int, people: int, at_least: int) -> int:
    return max(at_least, (model * people + _MODEL_PEOPLE // 2) // _MODEL_PEOPLE)


def _village_name(number: int) -> str:
    round_, place = divmod(number, len(_FAMILIES) * len(_VILLAGES))
    family = _FAMILIES[place % len(_FAMILIES)]
    ending = _VILLAGES[(place // len(_FAMILIES) + place) % len(_VILLAGES)]
    return f"{family}{ending}村{f'第{round_ + 1}' if round_ else ''}卫生室"


def found_places(people: int) -> Places:
    """The institutions of a county of so many people."""
    rows = [(name, HOSPITAL, level, -1) for name, level in _HOSPITALS]
    rows += [(f"{town}中心卫生院", TOWNSHIP, "一级", n) for n, town in enumerate(TOWNS)]
    rows += [(name, OUTSIDE, "三级", -1) for name in _OUTSIDE]
    for n in range(_scaled(_MODEL_VILLAGES, people, 10)):
        at = n % len(TOWNS)
        rows.append((f"{TOWNS[at]}{_village_name(n)}", VILLAGE, "未定级", at))
    for n in range(_scaled(_MODEL_PHARMACIES, people, 5)):
        at, shop = n % len(TOWNS), n // len(TOWNS) + 1
        name = f"{_PHARMACIES[n % len(_PHARMACIES)]}大药房{TOWNS[at]}{shop}店"
        rows.append((name, PHARMACY, "未定级", at))
    divisions = [OUTSIDE_DIVISION if kind == OUTSIDE else COUNTY_DIVISION for _, kind, _, _ in rows]
    return Places(
        ids=[
            f"{'P' if kind == PHARMACY else 'H'}{division}{n:05d}"
            for n, (division, (_, kind, _, _)) in enumerate(zip(divisions, rows, strict=True), 1)
        ],
        names=[name for name, *_ in rows],
        kind=np.array([kind for _, kind, _, _ in rows]),
        levels=[level for _, _, level, _ in rows],
        town=np.array([town for *_, town in rows]),
    )
