"""How a statement stands, in the words of its papers: official with the people who made it so, or a trial."""

from __future__ import annotations

from dataclasses import dataclass

from yiheng.basis.evidence import Words
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


@dataclass(frozen=True)
class Sides:
    """How the two statements of a correction stand; one that nobody adopted is a trial."""

    old: Stand | None = None
    new: Stand | None = None

    @property
    def official(self) -> bool:
        """Whether the difference may be paid: what it corrects was or is official, and so is what it corrects to."""
        corrects = self.old is not None and self.old.state in ("adopted", "superseded")
        return corrects and self.new is not None and self.new.official


# What a correction may be used for.
PAYABLE = Words("按差额补付或追回。", "Pay or collect the difference.")
NEW_OPEN = Words(
    "现清算单为{}，不得据以补付或追回。",
    "The new statement is not official ({}): do not pay or collect the difference.",
)
OLD_OPEN = Words(
    "原清算单为{}，差额不是补付或追回的依据。",
    "The old statement is not official ({}): the difference is not to be paid or collected.",
)
SHORT = {
    "trial": Words("试算，未经批准", "trial"),
    "proposed": Words("试算，未经批准", "proposed"),
    "adopted": Words("正式清算", "adopted"),
    "superseded": Words("已被取代的清算", "superseded"),
    "withdrawn": Words("已撤回的清算", "withdrawn"),
}


def use_of(sides: Sides) -> Words:
    """What the difference may be used for, given how both statements stand."""
    if sides.official:
        return PAYABLE
    side, words = (sides.old, OLD_OPEN) if sides.new and sides.new.official else (sides.new, NEW_OPEN)
    state = SHORT[side.state if side else "trial"]
    return Words(words.zh.format(state.zh), words.en.format(state.en))


def correction_mark(sides: Sides) -> str:
    """What the title of a correction adds unless its difference may be paid."""
    return "" if sides.official else title_mark(sides.new) or "（试算）"


def correction_rows(sides: Sides, party: str, name: str = "") -> list[tuple[str, str]]:
    """How the old and the new statement stand, with the acts behind the new one."""
    (_, new), *acts = stamp_rows(sides.new, party, name)
    return [("原清算单状态", _words(sides.old)[1]), ("现清算单状态", new), *acts]


def title_mark(stand: Stand | None) -> str:
    """What the title of a paper adds where it is not official."""
    short, _ = _words(stand)
    return f"（{short}）" if short else ""


def accepted_because(stand: Stand | None) -> str:
    """Why example values and assumptions may decide a statement that was adopted; empty where nobody said so."""
    return stand.proposed.marks_because if stand and stand.official and stand.proposed else ""


def name_kept(stand: Stand | None, name: str, party: str) -> str:
    """What a party is called on a paper: as it was when the statement was adopted or proposed, else ``name``."""
    return stand.name_of(party, name) if stand else name


def stamp_rows(stand: Stand | None, party: str, name: str = "") -> list[tuple[str, str]]:
    """The rows that say who proposed and who adopted a statement, as far as that was done.

    Args:
        name: what the party is called today.
    """
    rows = [("状态", _words(stand)[1])]
    if stand and (renamed := stand.renamed(party, name)):
        rows.append(("医共体名称", renamed.zh))
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
