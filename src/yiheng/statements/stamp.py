"""How a statement stands, in the words of its papers: official with the people who made it so, or a trial."""

from __future__ import annotations

from yiheng.runs import Act, Stand

TRIAL = "试算，未经批准，不作结算依据"
SUPERSEDED, WITHDRAWN = "已被更正的清算取代，不作结算依据", "已撤回，不作结算依据"


def mark_of(stand: Stand | None) -> str:
    """What a paper that is not official says of itself; empty on an official one."""
    if stand is not None and stand.official:
        return ""
    return {"superseded": SUPERSEDED, "withdrawn": WITHDRAWN}.get(stand.state if stand else "trial", TRIAL)


def stamp_rows(stand: Stand | None) -> list[tuple[str, str]]:
    """The rows that say who proposed and who adopted a statement, as far as that was done."""
    rows = [("状态", mark_of(stand) or "正式清算")]
    if stand and stand.proposed:
        rows.append(("提出", _done(stand.proposed)))
    if stand and stand.adopted:
        rows.append(("批准", _done(stand.adopted)))
        if stand.adopted.refused_because:
            rows.append(("另有医共体未能清算", stand.adopted.refused_because))
    return rows


def _done(act: Act) -> str:
    return f"{act.by}，{act.at[:16].replace('T', ' ')}（UTC）：{act.why}"
