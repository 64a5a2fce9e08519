"""The newest comparison of policies as its page shows it, within the scope of who asks."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext

from yiheng.casework.models import User
from yiheng.casework.selectors import sees_party

from . import discreet, names, show
from .results import Run

PARTIES_ON_A_PAGE = 25


def scoped(run: Run, user: User) -> dict[str, Any]:
    """What a comparison gave, for the parties that the user sees; sums over all parties are the fund office's."""
    result = run.result
    seen = {
        name: [row for row in result[name] if sees_party(user=user, party=row["party"])]
        for name in ("figures", "changes", "alternatives")
    }
    if user.in_fund_office:
        return {**result, **seen}
    # Why a policy was refused may name other parties.
    policies = [{**one, "refused": gettext("未能清算") if one["refused"] else None} for one in result["policies"]]
    said = discreet.said_to(user)
    for rows in (seen["figures"], seen["alternatives"]):
        rows[:] = [{**row, "refused": said(row.get("refused") or "") or None} for row in rows]
    manifest = {**result["manifest"], "inputs": discreet.everywhere(said, result["manifest"]["inputs"])}
    return {**result, **seen, "policies": policies, "sums": [], "manifest": manifest}


def by_party(result: dict[str, Any]) -> list[dict[str, Any]]:
    """Each party and year with its rows, one for each policy, and what each changes against the base."""
    changes = {(c["policy"], c["party"], c["year"]): c["change"] for c in result["changes"]}
    found: dict[tuple[str, int], list[dict[str, Any]]] = {}
    for cell in titled(result, result["figures"]):
        change = changes.get((cell["policy"], cell["party"], cell["year"]))
        found.setdefault((cell["party"], cell["year"]), []).append({**cell, "change": change})
    return [{"party": party, "year": year, "rows": rows} for (party, year), rows in found.items()]


def titled(result: dict[str, Any], rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows of policies with the titles of these."""
    titles = {one["policy"]: one["shown"] for one in policies(result)}
    return [{**row, "title": titles.get(row["policy"], row["policy"])} for row in rows]


def drawn(result: dict[str, Any]) -> dict[str, Any]:
    """What the chart draws, parties by name."""
    return {**result, "figures": [{**one, "party": names.party(one["party"])} for one in result["figures"]]}


def policies(result: dict[str, Any]) -> list[dict[str, Any]]:
    """The policies with their titles in the reader's language."""
    chinese = show.in_chinese()
    return [{**one, "shown": one["title"] if chinese else one["title_en"]} for one in result["policies"]]
