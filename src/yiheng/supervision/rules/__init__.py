"""The audit rules, by subject; importing them enters them."""

from ..declare import enter, rules_of
from . import (
    bundled,
    care,
    charges,
    company,
    conduct,
    drugs,
    goods,
    persons,
    pharmacy,
    pieces,
    services,
    shares,
    stays,
    underservice,
    visits,
    withheld,
)

for _module in (
    bundled,
    care,
    charges,
    company,
    conduct,
    drugs,
    goods,
    persons,
    pieces,
    pharmacy,
    services,
    shares,
    stays,
    underservice,
    visits,
    withheld,
):
    enter(rules_of(_module))
