"""The contract of every table: what must come in, what goes out, under whose names."""

from dataclasses import replace

from .care import DIAGNOSIS, OPERATION, VISIT
from .coordination import CHRONIC_REGISTRATION, EXAM_RESULT, HEALTH_RECORD, ORDER_LINE, REFERRAL, SURVEY
from .declare import EXPECTED, FAR_DAY, IBIS_TYPES, LASTS_FROM, Check, Codes, Column, Personal, Table, TakesBack
from .listing import FRONT_PAGE
from .money import FEE_LINE, SETTLEMENT
from .people import ENROLMENT, INSTITUTION, PERSON
from .personal import PERSONAL_FIELDS, is_personal
from .results import FINDING, GROUP_OF_STAY, INDICATOR_VALUE, STATEMENT_LINE, TRANSFER
from .standing import (
    FEW_VIEWS,
    OPEN_END,
    REDUCED,
    TRANSFERRED,
    WESTERN,
    AsItStands,
    Standing,
    handed_over,
    holding,
    over_standing,
    standing,
    takes_back,
    western,
)
from .stock import (
    CAMERA_SPAN,
    CARE_VISIT,
    COMPLAINT,
    COST,
    EQUIPMENT,
    FUND_FLOW,
    PROXY_PURCHASE,
    STOCK_LEVEL,
    STOCK_MOVE_TABLE,
)
from .structure import DEPARTMENT, DOCTOR, MEMBERSHIP

# In the order in which a load checks them: a row may refer to tables before its own.
TABLES: dict[str, Table] = {
    t.name: t
    for t in (
        INSTITUTION,
        MEMBERSHIP,
        DEPARTMENT,
        DOCTOR,
        PERSON,
        ENROLMENT,
        VISIT,
        FRONT_PAGE,
        DIAGNOSIS,
        OPERATION,
        SETTLEMENT,
        FEE_LINE,
        REFERRAL,
        CHRONIC_REGISTRATION,
        ORDER_LINE,
        EXAM_RESULT,
        HEALTH_RECORD,
        SURVEY,
        STOCK_MOVE_TABLE,
        PROXY_PURCHASE,
        CAMERA_SPAN,
        CARE_VISIT,
        COST,
        EQUIPMENT,
        STOCK_LEVEL,
        COMPLAINT,
        FUND_FLOW,
    )
}
# Rows that take back what has not come yet: kept beside their table until it does.
WAITING: dict[str, Table] = {
    t.name: replace(t, name=f"{t.name}_waiting", copies=(), takes_back=None)
    for t in TABLES.values()
    if t.takes_back is not None
}
RESULTS: dict[str, Table] = {t.name: t for t in (FINDING, STATEMENT_LINE, GROUP_OF_STAY, INDICATOR_VALUE, TRANSFER)}

__all__ = [
    "EXPECTED",
    "FAR_DAY",
    "FEW_VIEWS",
    "IBIS_TYPES",
    "LASTS_FROM",
    "OPEN_END",
    "PERSONAL_FIELDS",
    "REDUCED",
    "RESULTS",
    "TABLES",
    "TRANSFERRED",
    "WAITING",
    "WESTERN",
    "AsItStands",
    "Check",
    "Codes",
    "Column",
    "Personal",
    "Standing",
    "Table",
    "TakesBack",
    "handed_over",
    "holding",
    "is_personal",
    "over_standing",
    "standing",
    "takes_back",
    "western",
]
