"""What a person sees before an act on a settlement: its amounts, what decides them, what it replaces."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from django.utils.translation import get_language, gettext

from yiheng.basis.evidence import Words
from yiheng.basis.money import Fen, total
from yiheng.basis.refusals import Refusal, Refusals
from yiheng.payment import FIGURES
from yiheng.runs import Act, Needed, Register, SettleRun, Workspace, kept_policies
from yiheng.runs.deciding import deciding
from yiheng.statements import MOVES, WAYS, dues, sums
from yiheng.statements.dues import Way

from . import names, results, show

# Of a statement; what is left out follows from these.
AMOUNTS = ("budget", "spend", "kept", "fund_bears", "party_bears")
MOST_KEPT = 512


@dataclass(frozen=True)
class Amounts:
    """What one party's statement comes to: the figures in the order of ``AMOUNTS``, and what is due, in words."""

    party: str
    yuan: list[str]
    due: list[str]
    query: str


@dataclass(frozen=True)
class Sight:
    """The statements of a run, and what speaks against paying by them.

    Attributes:
        marks: example values and assumptions that decide.
        replaced: the adoptions whose statements this run takes the place of.
    """

    parties: list[Amounts]
    heads: list[str]
    marks: list[str]
    replaced: list[Act]
    told: str


def sight_of(one: SettleRun, register: Register) -> Sight:
    """What a run would make official."""
    statements = results.statements_of(one.run)
    moved = [sums(dues(each)) for each in statements]
    pairs = [(each["party"], each["year"]) for each in statements]
    return Sight(
        [_amounts(one.run, each, own) for each, own in zip(statements, moved, strict=True)],
        [_said(FIGURES[name]) for name in AMOUNTS],
        [_said(mark) for mark in deciding(statements)],
        register.replaced_by(one.run, pairs),
        _told(statements, moved),
    )


def question(act: str, one: SettleRun, title: str, sight: Sight) -> str:
    """What a dialog asks before an act: which act, on what, with which amounts."""
    asked = {
        "propose": gettext("提出 %(year)s 年度清算 %(run)s（%(title)s）？提出后须由另一人批准。"),
        "adopt": gettext("批准 %(year)s 年度清算 %(run)s（%(title)s）为正式清算？批准后作为结算依据。"),
        "withdraw": gettext("撤回 %(year)s 年度清算 %(run)s（%(title)s）？撤回后不再采用，也不恢复此前的结果。"),
    }[act] % {"year": one.year, "run": one.run, "title": title}
    more = [asked, sight.told]
    if act == "adopt":
        more += [gettext("将取代正式清算 %(run)s。") % {"run": act_.run} for act_ in sight.replaced]
    if act != "withdraw" and sight.marks:
        more.append(gettext("有 %(n)s 项取自示例值或假设。") % {"n": len(sight.marks)})
    return "\n".join([*more, gettext("办理人、时间和理由将记入日志，不能删除。")])


def told(refusal: Refusal) -> str:
    """A refusal in the words of the page: what a box of the form answers is asked for by the name of the box."""
    found = refusal.found if isinstance(refusal, Refusals) else (refusal,)
    return "\n".join(_asked(one) if isinstance(one, Needed) else show.refused(one) for one in found)


def title_of(one: SettleRun, workspace: Workspace) -> str:
    """The title of a run's policy; the id where the policy that it kept cannot be read."""
    statements = results.statements_of(one.run)
    chinese = show.in_chinese()
    if statements:
        return str(statements[0]["policy"]["title" if chinese else "title_en"])
    zh, en = _titles(workspace, one.run)
    return (zh if chinese else en) or str(one.manifest["inputs"].get("policy", ""))


@lru_cache(maxsize=MOST_KEPT)
def _titles(workspace: Workspace, run: str) -> tuple[str, str]:
    try:
        kept = kept_policies(workspace.run_folder(run))
    except (Refusal, OSError):
        return "", ""
    newest = kept[max(kept)].policy.title
    return newest.zh, newest.en


def _amounts(run: str, statement: dict[str, Any], moved: Mapping[Way, Fen]) -> Amounts:
    due = [f"{_said(WAYS[way])} {moved[way]}" for way in MOVES if moved[way]]
    query = urlencode({"party": statement["party"], "year": statement["year"], "run": run})
    return Amounts(statement["party"], [statement["figures"][name] for name in AMOUNTS], due, query)


def _told(statements: list[dict[str, Any]], moved: list[dict[Way, Fen]]) -> str:
    """All parties in one sentence."""
    budget, spend = (total(Fen.from_yuan(one["figures"][name]) for one in statements) for name in ("budget", "spend"))
    yuan = gettext("元")
    due = [f"{_said(WAYS[way])} {fen} {yuan}" for way in MOVES if (fen := total(one[way] for one in moved))]
    said = gettext("%(n)s 个医共体：总额预算 %(budget)s 元，基金支出 %(spend)s 元；%(due)s。")
    nothing = gettext("无应付、应收款项")
    return said % {
        "n": len(statements), "budget": budget, "spend": spend,
        "due": ("，" if show.in_chinese() else ", ").join(due) or nothing,
    }  # fmt: skip


def _asked(one: Needed) -> str:
    between = "；" if show.in_chinese() else "; "
    if one.answer == "marks_because":
        said = gettext("本次清算有 %(n)s 项取自示例值或假设（%(which)s）。")
        cure = gettext("请先在政策中核定；确需采用的，在“仍予采用的理由”栏写明，该理由印在清算单首页。")
        return said % {"n": len(one.about), "which": between.join(map(_said, one.about))} + cure
    if one.answer == "refused_because":
        said = gettext("有 %(n)s 个医共体未能清算（%(which)s）。")
        cure = gettext("请先处理后重新清算；确需先行提出的，在“仍予提出的理由”栏写明。")
        return said % {"n": len(one.about), "which": between.join(names.party(each.zh) for each in one.about)} + cure
    said = gettext("%(year)s 年度此前按另一政策清算。确需改用本政策的，请勾选“改用政策”。")
    return said % {"year": one.about[0].zh}


def _said(words: Words) -> str:
    return words.in_language(get_language() or "zh")
