"""How a statement stands, in the words of its papers: official with the people who made it so, or a trial."""

from __future__ import annotations

from yiheng.basis.moments import moment
from yiheng.runs import Act, Stand

# A short mark for the title, which every page repeats, and the sentence for page 1.
MARKS = {
    "superseded": ("已被取代", "已被更正的清算取代，不作结算依据"),
    "withdrawn": ("已撤回", "已撤回，不作结算依据"),
    "proposed": ("试算，待批准", "试算，待批准，不作结算依据"),
}
TRIAL = ("试算", "试算，未经批准，不作结算依据")
OFFICIAL = ("", "正式清算")


def title_mark(stand: Stand | None) -> str:
    """What the title of a paper adds where it is not official."""
    short, _ = _words(stand)
    return f"（{short}）" if short else ""


def stamp_rows(stand: Stand | None) -> list[tuple[str, str]]:
    """The rows that say who proposed and who adopted a statement, as far as that was done."""
    rows = [("状态", _words(stand)[1])]
    if stand and stand.proposed:
        rows.append(("提出", _done(stand.proposed)))
    if stand and stand.proposed and stand.proposed.marks_because:
        rows.append(("采用示例值与假设的理由", f"{stand.proposed.by}：{stand.proposed.marks_because}"))
    if stand and stand.adopted:
        rows.append(("批准", _done(stand.adopted)))
        if stand.adopted.refused_because:
            rows.append(("另有医共体未能清算", stand.adopted.refused_because))
    return rows


def _done(act: Act) -> str:
    return f"{act.by}，{moment(act.at)}：{act.why}"


def _words(stand: Stand | None) -> tuple[str, str]:
    if stand is not None and stand.official:
        return OFFICIAL
    return MARKS.get(stand.state if stand else "trial", TRIAL)
