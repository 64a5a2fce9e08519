"""Who pays which part of a visit: funds, account and cash, exact to the fen."""

from __future__ import annotations

import numpy as np

from .columns import Columns
from .outpatient import AT_PHARMACY, CHRONIC_CARE
from .people import EMPLOYEE
from .stays import INPATIENT

# Percent of the covered part by insurance (employee, resident) and kind of place
# (hospital, township, village, pharmacy, outside). Of what is covered the funds paid 84.8 % of employees' stays and
# 68.6 % of residents' in 2024 ([insurance] of figures.yaml), deductibles included.
_STAY_PERCENT = np.array([[90, 94, 94, 0, 84], [74, 87, 87, 0, 60]])
_CHRONIC_PERCENT = np.array([[80, 85, 85, 70, 65], [60, 70, 70, 50, 45]])
_VISIT_PERCENT = np.array([[55, 65, 70, 50, 45], [30, 55, 60, 0, 15]])
_DEDUCTIBLE_FEN = np.array([50_000, 20_000, 0, 0, 100_000])
# What one settlement may draw from the pooled fund; the employees' supplement takes over beyond.
_POOLED_AT_MOST_FEN = 6_000_000
_LARGE_COST_PERCENT = 85
# Residents' own part beyond this draws on critical-illness insurance.
_CRITICAL_BEYOND_FEN = 1_200_000
_CRITICAL_PERCENT = 60
_ACCOUNT_PERCENT = 60


def settle(total: np.ndarray, scope: np.ndarray, kind: np.ndarray, insurance: np.ndarray, where: np.ndarray) -> Columns:
    """The payers' parts of each visit; they add up to the total."""
    employee = insurance == EMPLOYEE
    percent = np.select(
        [kind == INPATIENT, kind == CHRONIC_CARE],
        [_STAY_PERCENT[insurance, where], _CHRONIC_PERCENT[insurance, where]],
        _VISIT_PERCENT[insurance, where],
    )
    deductible = np.where(kind == INPATIENT, np.minimum(_DEDUCTIBLE_FEN[where], scope), 0)
    due = (scope - deductible) * percent // 100
    pooled = np.minimum(due, _POOLED_AT_MOST_FEN)
    large = np.where(employee, (due - pooled) * _LARGE_COST_PERCENT // 100, 0)
    own = scope - pooled
    critical = np.maximum(own - _CRITICAL_BEYOND_FEN, 0) * _CRITICAL_PERCENT // 100
    critical = np.where(employee, 0, critical)
    fund = pooled + large + critical
    person = total - fund
    share = np.where(kind == AT_PHARMACY, 100, _ACCOUNT_PERCENT)
    account = np.where(employee & (kind != INPATIENT), person * share // 100, 0)
    return {
        "deductible_fen": deductible,
        "fund_fen": fund,
        "pooled_fen": pooled,
        "critical_illness_fen": critical,
        "large_cost_fen": large,
        "person_fen": person,
        "account_fen": account,
        "cash_fen": person - account,
    }
