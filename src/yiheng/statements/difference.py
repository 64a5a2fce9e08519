"""A year settled again: what each figure was, is, and differs by, and which facts changed."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from pathlib import Path
from typing import Any

from yiheng.basis.evidence import Words
from yiheng.basis.money import NOTHING, Fen
from yiheng.basis.refusals import Refusal
from yiheng.runs.deciding import lines_of, place_of
from yiheng.runs.manifest import canonical, data_sign

from .chosen import figure_words, statement_hash, with_id
from .dues import MOVES, dues, sums
from .in_words import in_words
from .paper import HASH_SIGNS, SIGNATURES, money, set_paper, short, table
from .stamp import Sides, correction_mark, correction_rows, name_kept, use_of

# Counts and days differ from run to run; what is left of a sentence names the fact.
NUMBERS = re.compile(r"\d[\d,.]*")
# How a line tells the choice that was made at a point that the policy leaves open.
CHOSEN = "（选择："
FORMAT = 1
CLAIMS_ON_PAPER = 40


def difference(newer: dict[str, Any], older: dict[str, Any]) -> dict[str, Any]:
    """Compare two settle runs of the same policy, party by party.

    Args:
        newer, older: what the runs kept in ``statements.json``.

    Returns:
        ``{"run", "against", "manifests", "statements": [{"party", "year", "policy", "hashes", "figures", "shared",
        "due", "facts"}], "only_new", "only_old"}``; a figure is ``{"old", "new", "difference"}`` in yuan, unknown where
        a run has not got it.

    Raises:
        Refusal: when it is one run, or the runs settle no party and year under the same policy.
    """
    if newer["run"] == older["run"]:
        raise Refusal("a run does not differ from itself", where=newer["run"], expected="an older run of the same year")
    before, after = _by_key(older), _by_key(newer)
    both = sorted(before.keys() & after.keys())
    if not both:
        raise Refusal(
            "the runs settle no party and year under the same policy",
            where=f"{newer['run']} and {older['run']}",
            cure="name an older run of the same policy and year",
        )
    return {
        "format": FORMAT,
        "run": newer["run"],
        "against": older["run"],
        "manifests": {"old": older["manifest"], "new": newer["manifest"]},
        "statements": [_compared(newer, after[key], older, before[key]) for key in both],
        "only_new": [_named(after[key]) for key in sorted(after.keys() - before.keys())],
        "only_old": [_named(before[key]) for key in sorted(before.keys() - after.keys())],
    }


def _by_key(result: dict[str, Any]) -> dict[tuple[str, int, str], dict[str, Any]]:
    return {(s["party"], s["year"], s["policy"]["id"]): s for s in result["statements"]}


def _named(statement: dict[str, Any]) -> dict[str, Any]:
    return {"party": statement["party"], "year": statement["year"], "policy": statement["policy"]["id"]}


def _compared(newer: dict[str, Any], new: dict[str, Any], older: dict[str, Any], old: dict[str, Any]) -> dict[str, Any]:
    words = {**figure_words(old), **figure_words(new)}
    return {
        "party": new["party"],
        "year": new["year"],
        "policy": new["policy"],
        "hashes": {"old": statement_hash(older, old), "new": statement_hash(newer, new)},
        "policy_hashes": {"old": old["policy"]["hash"], "new": new["policy"]["hash"]},
        "figures": {
            name: {"says": says, **_sides(old["figures"].get(name), new["figures"].get(name))}
            for name, says in words.items()
        },
        # What is shared inside is nothing where the run shares nothing under that purpose.
        "shared": {
            purpose: _sides(old["shared"].get(purpose, "0.00"), new["shared"].get(purpose, "0.00"))
            for purpose in dict.fromkeys([*new["shared"], *old["shared"]])
        },
        "due": _due(old, new),
        "facts": _changed(_facts(old), _facts(new)),
    }


def _due(old: dict[str, Any], new: dict[str, Any]) -> dict[str, dict[str, str | None]]:
    """What moves each way in all, and under ``net`` what the fund pays less what the party pays back."""
    before, after = (sums(dues(one)) for one in (old, new))
    sides: dict[str, dict[str, str | None]] = {way: _sides(before[way].yuan, after[way].yuan) for way in MOVES}
    net = [(one["pay"] - one["collect"]).yuan for one in (before, after)]
    return sides | {"net": _sides(*net)}


def due_words(one: dict[str, Any]) -> Words:
    """What a correction comes to: so much more to be paid to the party, or to be collected from it."""
    net = Fen.from_yuan(one["due"]["net"]["difference"])
    if net == NOTHING:
        return Words("应补付、应追回合计 0.00 元。", "In all nothing more to pay or to collect.")
    way, en = ("应追回", "to collect from") if net < NOTHING else ("应补付", "to pay to")
    amount = -net if net < NOTHING else net
    return Words(f"{way}合计 {amount} 元（大写：{in_words(amount)}）。", f"In all {amount} yuan {en} the party.")


def paired(facts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The changed facts as people read them: a choice that changed is one row, its old and its new words."""
    olds = {key: f for f in facts if f["new"] is None and (key := _open_point(f["old"]))}
    news = {key for f in facts if f["old"] is None and (key := _open_point(f["new"])) in olds}
    rows = []
    for fact in facts:
        if fact["old"] is None and (key := _open_point(fact["new"])) in news:
            rows.append({**fact, "old": olds[key]["old"]})
        elif fact["new"] is not None or _open_point(fact["old"]) not in news:
            rows.append(fact)
    return rows


def _open_point(line: dict[str, Any]) -> tuple[str, str] | None:
    """The point that a policy leaves open, of a line that tells the choice; None of any other line."""
    point, chosen, _ = str(line["says"]).partition(CHOSEN)
    return (point, place_of(line)) if chosen else None


def _sides(old: str | None, new: str | None) -> dict[str, str | None]:
    gap = None if old is None or new is None else (Fen.from_yuan(new) - Fen.from_yuan(old)).yuan
    return {"old": old, "new": new, "difference": gap}


def _facts(statement: dict[str, Any]) -> dict[tuple[str, int], dict[str, Any]]:
    """The lines that rest on a source and on no other line, by their words without numbers."""
    found: dict[tuple[str, int], dict[str, Any]] = {}
    seen: set[tuple[str, ...]] = set()
    often: Counter[str] = Counter()
    for because in statement["because"].values():
        for _, line in lines_of(because):
            told = (line["says"], line.get("amount", ""), place_of(line))
            if line.get("rests_on") or "where" not in line or told in seen:
                continue
            seen.add(told)
            name = NUMBERS.sub("", line["says"])
            found[(name, often[name])] = line
            often[name] += 1
    return found


def _changed(
    old: dict[tuple[str, int], dict[str, Any]], new: dict[tuple[str, int], dict[str, Any]]
) -> list[dict[str, Any]]:
    """The facts and values that say another thing now; one that only one run used has one side."""
    changed = []
    for key in dict.fromkeys([*new, *old]):
        was, now = old.get(key), new.get(key)
        if was and now and (was["says"], was.get("amount")) == (now["says"], now.get("amount")):
            continue
        sides = _sides((was or {}).get("amount"), (now or {}).get("amount"))
        changed.append({"old": was, "new": now, "difference": sides["difference"]})
    return changed


def write_difference_pdf(
    compared: dict[str, Any], one: dict[str, Any], into: Path, name: str = "", sides: Sides | None = None
) -> None:
    """Write the difference of one party, called ``name``, as PDF in Chinese; the older statement stays as it was.

    Args:
        sides: how both statements stand; without it both are trials.

    Raises:
        Refusal: when no Chinese font is found, or the file cannot be written.
    """
    hashes, sides = one["hashes"], sides or Sides()
    states = correction_rows(sides, one["party"], name)
    name = name_kept(sides.new, name, one["party"])
    three = [("原", "money"), ("现", "money"), ("差额", "money")]
    set_paper(
        {
            "title": "医保基金打包付费年度清算更正单" + correction_mark(sides),
            "subtitle": one["policy"]["title"],
            "foot": f"{short(name or one['party'])} · {one['year']} 年度 · 更正清算单 {hashes['old'][:HASH_SIGNS]}",
            "head": [
                ("统筹地区", one["policy"].get("place", "—")), ("医共体", with_id(one["party"], name)),
                ("清算年度", f"{one['year']} 年"), ("政策文件", f"{one['policy']['file']}（{one['policy']['id']}）"),
                ("原清算单", hashes["old"][:HASH_SIGNS]), ("现清算单", hashes["new"][:HASH_SIGNS]),
                *states,
            ],
            "sections": [
                table(
                    "差额（元）",
                    [("项目", "words"), *three],
                    [(f["says"], *_three(f)) for f in one["figures"].values()],
                )
                | {"lead": [due_words(one).zh, use_of(sides).zh]},
                table(
                    "内部分配的差额（元）",
                    [("用途", "words"), *three],
                    [(purpose, *_three(f)) for purpose, f in one["shared"].items()],
                ),
                table(
                    "变化的数据与取值",
                    [("原", "words"), ("现", "words"), ("差额（元）", "money")],
                    [(_fact(f["old"]), _fact(f["new"]), money(f["difference"])) for f in paired(one["facts"])],
                ),
                _claims(one.get("claims", []), three),
                SIGNATURES,
                table("计算批次清单", [("项目", "short"), ("内容", "hash")], _made_of(compared, one)),
            ],
            "note": "原清算单保持不变；本单只列差额。",
        },
        into,
    )  # fmt: skip


def _claims(claims: list[dict[str, Any]], three: list[tuple[str, str]]) -> dict[str, Any]:
    """The claims behind the difference, the largest first; the JSON of the difference holds all of them."""
    cut = f"，金额最大的 {CLAIMS_ON_PAPER} 笔，共 {len(claims):,} 笔" if len(claims) > CLAIMS_ON_PAPER else ""
    rows = [(c["settlement_id"], str(c["year"]), *_three(c)) for c in claims[:CLAIMS_ON_PAPER]]
    return table(f"金额变动的结算（元{cut}）", [("结算", "words"), ("年度", "short"), *three], rows)


def _three(figure: dict[str, Any]) -> tuple[str, str, str]:
    return money(figure["old"]), money(figure["new"]), money(figure["difference"])


def _fact(line: dict[str, Any] | None) -> str:
    if line is None:
        return "—"
    amount = f"：{money(line['amount'])} 元" if "amount" in line else ""
    return f"{line['says']}{amount}（{place_of(line)}）"


def difference_hash(compared: dict[str, Any], one: dict[str, Any]) -> str:
    """The SHA-256 of the file that ``--against OLDER --json`` writes for this one party and year."""
    alone = {**compared, "statements": [one], "only_new": [], "only_old": []}
    return hashlib.sha256(canonical(alone).encode()).hexdigest()


def _made_of(compared: dict[str, Any], one: dict[str, Any]) -> list[tuple[str, str]]:
    """What both statements were made of; what is the same on both sides is told once."""
    sides = []
    for side in ("old", "new"):
        manifest = compared["manifests"][side]
        facts = manifest["inputs"]["facts"]
        sides.append(
            {
                "计算批次": manifest["run"],
                "清算单 SHA-256": one["hashes"][side],
                "政策 SHA-256": one["policy_hashes"][side],
                "事实来源": f"已入库数据 {data_sign(manifest['pins'])}" if facts is None else facts,
                "软件版本": "，".join(f"{name} {number}" for name, number in manifest["versions"].items()),
            }
        )
    old, new = sides
    rows = [("更正单 SHA-256", difference_hash(compared, one))]
    for name, was in old.items():
        rows += [(name, was)] if was == new[name] else [(f"原{name}", was), (f"现{name}", new[name])]
    return rows
