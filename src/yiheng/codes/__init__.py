"""Code lists that people publish: read, checked and kept by edition."""

from .bundled import BUNDLED_CHARGE
from .catalogue import CATALOGUE
from .chs_drg import CHS_DRG, Plan, PlanEdition, read_plan
from .coding import CODING_RULE
from .constraints import MEASURES, SHIPPED
from .declare import HOLDS, CodeList, Edition, read_edition
from .dictionary import DICTIONARY, DICTIONARY_OVERLAY, overlay_faults, shipped_dictionary
from .granted import EXCEPTION
from .granted import SUBJECTS as GRANTED_TO
from .knowledge import CITY_WEIGHT, GRAY_CODE, ITEM_LIMIT, KNOWLEDGE_POINT, SEX_CONFLICT
from .limits import CODE_LIMIT

LISTS: dict[str, CodeList] = {
    one.name: one
    for one in (
        KNOWLEDGE_POINT,
        ITEM_LIMIT,
        CODE_LIMIT,
        CODING_RULE,
        CATALOGUE,
        BUNDLED_CHARGE,
        SEX_CONFLICT,
        GRAY_CODE,
        CITY_WEIGHT,
        DICTIONARY,
        DICTIONARY_OVERLAY,
        EXCEPTION,
    )
}
PLANS: dict[str, Plan] = {CHS_DRG.name: CHS_DRG}

# What comes with the package: the national dictionary, pairs of the official violation list, and synthetic lists for
# the demo county and the documentation.
SHIPPED_FILES = {
    "knowledge_point": SHIPPED / "knowledge_points.csv",
    "item_limit": SHIPPED / "item_limits.csv",
    "code_limit": SHIPPED / "code_limits.csv",
    "bundled_charge": SHIPPED / "bundled_charges.csv",
    "sex_conflict": SHIPPED / "sex_conflict.csv",
    "dictionary": SHIPPED / "dictionary.csv",
    "coding_rule": SHIPPED / "coding_rules.csv",
}
# Lists of public rules, in use from the start; a place that loads its own edition uses that instead.
STANDARD = ("coding_rule",)
# Invented for the demo county: no place may take them for its own.
DEMO = ("knowledge_point", "item_limit", "code_limit", "sex_conflict")


def tables_of(name: str) -> tuple[CodeList, ...]:
    """The tables of a list: itself, or those of a plan."""
    return PLANS[name].tables if name in PLANS else (LISTS[name],)


__all__ = [
    "CATALOGUE",
    "DEMO",
    "EXCEPTION",
    "GRANTED_TO",
    "HOLDS",
    "LISTS",
    "MEASURES",
    "PLANS",
    "SHIPPED_FILES",
    "STANDARD",
    "CodeList",
    "Edition",
    "Plan",
    "PlanEdition",
    "overlay_faults",
    "read_edition",
    "read_plan",
    "shipped_dictionary",
    "tables_of",
]
