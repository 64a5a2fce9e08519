"""The contract of every table: what must come in, what goes out, under whose names."""

from .care import DIAGNOSIS, OPERATION, VISIT
from .declare import EXPECTED, IBIS_TYPES, Check, Codes, Column, Table
from .money import FEE_LINE, SETTLEMENT
from .people import ENROLMENT, INSTITUTION, PERSON
from .results import FINDING, STATEMENT_LINE

# In the order in which a load checks them: a row may refer to tables before its own.
TABLES: dict[str, Table] = {
    t.name: t for t in (INSTITUTION, PERSON, ENROLMENT, VISIT, DIAGNOSIS, OPERATION, SETTLEMENT, FEE_LINE)
}
RESULTS: dict[str, Table] = {t.name: t for t in (FINDING, STATEMENT_LINE)}

__all__ = ["EXPECTED", "IBIS_TYPES", "RESULTS", "TABLES", "Check", "Codes", "Column", "Table"]
