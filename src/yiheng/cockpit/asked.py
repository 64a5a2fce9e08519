"""What a request asks for, within the scope of who asks: a party, a year, an indicator, a figure."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import Http404, HttpRequest

from yiheng.casework.models import User
from yiheng.casework.selectors import parties_seen_by, party_get
from yiheng.measures import INDICATORS, Indicator

from . import board, discreet, results
from .results import Settled

PREFERRED_TREND = "cost_per_stay"


class SignedIn(HttpRequest):
    """A request of somebody who signed in; the middleware lets no other through."""

    user: User


@dataclass(frozen=True)
class Chosen:
    """A party and year, what else the user could choose, and who that is."""

    party: str
    year: int
    parties: list[str]
    years: list[int]
    reader: User

    @property
    def query(self) -> str:
        return urlencode({"party": self.party, "year": self.year})


def chosen(request: SignedIn) -> Chosen | None:
    """The party and year asked for, by default the first party and newest year; None when there are no results.

    Raises:
        Http404: when the party is not there or not theirs, or nothing is known of the year.
    """
    known = board.parties_and_years()
    parties = parties_seen_by(user=request.user, parties=known)
    asked = request.GET.get("party")
    if asked is not None:
        party_get(user=request.user, parties=known, party=asked)
    elif not parties:
        return None
    party = asked if asked is not None else parties[0]
    years = sorted({year for one in parties for year in known[one]}, reverse=True)
    return Chosen(party, _year(request, years) or known[party][0], parties, years, request.user)


def chosen_or_404(request: SignedIn) -> Chosen:
    """The party and year asked for; without results there is nothing to give."""
    found = chosen(request)
    if found is None:
        raise Http404
    return found


def settlement(what: Chosen) -> Settled | None:
    """The settlement of the party and year, as the reader may read it."""
    return discreet.settled_to(what.reader, results.settled().get((what.party, what.year)))


def indicator(request: SignedIn, what: Chosen) -> Indicator | None:
    """The indicator asked for; without a wish the preferred one; None when none is known by month."""
    asked = request.GET.get("indicator")
    if asked is not None:
        if asked not in INDICATORS:
            raise Http404
        return INDICATORS[asked]
    monthly = board.monthly_indicators(what.party, what.year)
    return next((one for one in monthly if one.name == PREFERRED_TREND), monthly[0] if monthly else None)


def _year(request: SignedIn, years: list[int]) -> int | None:
    """The year asked for; None when none is."""
    text = request.GET.get("year", "")
    if not text:
        return None
    known = {str(year): year for year in years}
    if text not in known:
        raise Http404
    return known[text]
