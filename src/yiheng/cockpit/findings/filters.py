"""What of the findings is asked for: rule, year, institution, weight, amount, verdict, and the order."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import Http404
from django.utils.translation import gettext_lazy as _

from yiheng.basis.money import Fen
from yiheng.casework.models import FindingVerdict

from .. import names, show, suspects, verdicts
from ..results import Run

Finding = dict[str, Any]
UNJUDGED = "none"
ORDERS = {
    "newest": (_("日期从近到远"), lambda one: one["occurred_on"], True),
    "amount": (_("金额从大到小"), lambda one: one["at_stake_fen"], True),
    "institution": (_("按机构"), lambda one: one["institution"] or "", False),
}


class InItsLanguage(forms.Select):
    """A list whose names of places stay Chinese on an English page, and say so."""

    def create_option(self, *arguments: Any, **more: Any) -> dict[str, Any]:
        made: dict[str, Any] = super().create_option(*arguments, **more)
        if not show.in_chinese() and not str(made["label"]).isascii():
            made["attrs"]["lang"] = "zh"
        return made


class FindingsFilter(forms.Form):
    """The filter above the list; empty fields leave everything in."""

    rule = forms.ChoiceField(label=_("规则"), required=False)
    year = forms.TypedChoiceField(label=_("年度"), required=False, coerce=int, empty_value=None)
    institution = forms.ChoiceField(label=_("机构"), required=False, widget=InItsLanguage)
    weight = forms.ChoiceField(label=_("性质"), required=False)
    least = forms.DecimalField(
        label=_("金额不低于（元）"), required=False, min_value=0, max_digits=14, decimal_places=2, localize=False
    )
    verdict = forms.ChoiceField(label=_("核实情况"), required=False)
    order = forms.ChoiceField(
        label=_("排序"), required=False, choices=[(name, label) for name, (label, _key, _down) in ORDERS.items()]
    )

    def __init__(self, asked: Mapping[str, Any], run: Run | None) -> None:
        super().__init__(asked, auto_id="%s", label_suffix="")
        self.run = run
        every = suspects.of_run(run)
        known = names.institutions()
        rules = sorted({one["rule"] for one in every}, key=suspects.rule_label)
        places = sorted({one["institution"] for one in every if one["institution"]}, key=lambda n: (known.get(n, n), n))
        weights = sorted({one["weight"] for one in every})
        self._choose("rule", _("全部规则"), [(name, suspects.rule_label(name)) for name in rules])
        self._choose("year", _("全部年度"), [(year, str(year)) for year in suspects.years_of(run)])
        self._choose("institution", _("全部机构"), [(number, known.get(number, number)) for number in places])
        self._choose("weight", _("全部性质"), [(name, suspects.weight_label(name)) for name in weights])
        self._choose("verdict", _("全部"), [(UNJUDGED, _("未核实")), *FindingVerdict.Verdict.choices])

    def _choose(self, field: str, every: Any, choices: list[tuple[Any, Any]]) -> None:
        # Set on the field, the choices reach its widget as well.
        setattr(self.fields[field], "choices", [("", every), *choices])  # noqa: B010

    def found(self) -> list[Finding]:
        """The findings asked for, in the order asked for.

        Raises:
            Http404: when something is asked for that is no choice.
        """
        if not self.is_valid():
            raise Http404
        asked = self.cleaned_data
        rows = [one for one in suspects.of_run(self.run, rule=asked["rule"], year=asked["year"]) if self._fits(one)]
        if asked["verdict"]:
            judged = verdicts.of_findings(rows)
            rows = [one for one in rows if _verdict(judged.get(one.get("id", ""))) == asked["verdict"]]
        _label, key, down = ORDERS[asked["order"] or "newest"]
        return sorted(rows, key=key, reverse=down)

    def _fits(self, one: Finding) -> bool:
        asked = self.cleaned_data
        least = asked["least"]
        return (
            (not asked["institution"] or one["institution"] == asked["institution"])
            and (not asked["weight"] or one["weight"] == asked["weight"])
            and (least is None or one["at_stake_fen"] >= Fen.from_yuan(f"{least:f}").n)
        )

    @property
    def query(self) -> str:
        """What is asked for, as it stands in an address."""
        return urlencode({name: value for name in self.fields if (value := self.data.get(name))})


def _verdict(judged: FindingVerdict | None) -> str:
    return judged.verdict if judged else UNJUDGED
