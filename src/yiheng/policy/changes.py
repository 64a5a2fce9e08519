"""What changed between two editions of a policy, in words, each side with its line."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from yiheng.basis.evidence import Words

from .read import PolicyFile
from .schema import NO_SIGN, SIGNS, Assumption, Fact, Step, Value

Kind = Literal["document", "value", "fact", "pool", "risk", "assumption", "step", "rounding"]

KINDS: dict[Kind, Words] = {
    "document": Words("文件", "document"),
    "value": Words("取值", "value"),
    "fact": Words("事实", "fact"),
    "pool": Words("资金池", "pool"),
    "risk": Words("风险调整", "risk"),
    "assumption": Words("假设", "assumption"),
    "step": Words("步骤", "step"),
    "rounding": Words("舍入", "rounding"),
}


@dataclass(frozen=True)
class Change:
    """One difference: what it is about, and what either edition says of it, with its place; None where nothing."""

    kind: Kind
    name: str
    says: Words
    old: str | None
    new: str | None
    old_place: str
    new_place: str


@dataclass(frozen=True)
class _Side:
    text: str
    says: Words
    place: str
    same_as: str


def changes_between(old: PolicyFile, new: PolicyFile, language: str = "zh") -> list[Change]:
    """Every difference between two editions: document, values, facts, pools, risk, assumptions, steps, rounding.

    Args:
        language: ``zh`` or ``en``, of what either edition says.
    """
    found: list[Change] = []
    before, after = _sides(old, language), _sides(new, language)
    for kind in before:
        found += _changed(kind, before[kind], after[kind])
    return [*found, *_steps(old, new)]


def _changed(kind: Kind, before: Mapping[str, _Side], after: Mapping[str, _Side]) -> Iterator[Change]:
    for name in dict.fromkeys([*before, *after]):
        was, now = before.get(name), after.get(name)
        if (was and was.same_as) == (now and now.same_as):
            continue
        says = now.says if now else was.says if was else Words(name, name)
        yield Change(
            kind, name, says, was.text if was else None, now.text if now else None,
            was.place if was else "", now.place if now else "",
        )  # fmt: skip


def _sides(source: PolicyFile, language: str) -> dict[Kind, dict[str, _Side]]:
    """What an edition says by kind and name, as one line each."""
    policy = source.policy

    def side(text: str, says: Words, *path: str, same_as: str | None = None) -> _Side:
        return _Side(text, says, source.document.place(path), text if same_as is None else same_as)

    issued, first, last = policy.issued, policy.in_force.first, policy.in_force.last
    held = Words(f"{first} 至 {last}", f"{first} to {last}").in_language(language)
    title, place = (said.words.in_language(language) for said in (policy.title, policy.place))
    return {
        "document": {
            "title": side(title, Words("名称", "title"), "title"),
            "place": side(place, Words("统筹地区", "place"), "place"),
            "issued": side(f"{issued.by} {issued.number}; {issued.on}", Words("发文", "issued"), "issued"),
            "in_force": side(held, Words("施行期", "in force"), "in_force"),
        },
        "value": {
            n: side(value_text(v, language), v.says.words, "values", n, same_as=_figures(v))
            for n, v in policy.values.items()
        },
        "fact": {n: side(_fact_text(f), f.says.words, "facts", n) for n, f in policy.facts.items()},
        "pool": {
            n: side(_plain(p.model_dump(exclude={"says"}, exclude_defaults=True)), p.says.words, "pools", n)
            for n, p in policy.pools.items()
        },
        "risk": {
            n: side(_plain(r.model_dump(exclude={"says"}, exclude_defaults=True)), r.says.words, "risk", n)
            for n, r in policy.risk.items()
        },
        "assumption": {
            n: side(_assumption_text(source, n, a, language), a.says.words, "assumptions", n)
            for n, a in policy.assumptions.items()
        },
        "rounding": {"rounding": side(policy.rounding.mode, Words("舍入", "rounding"), "rounding")},
    }  # fmt: skip


def value_text(value: Value, language: str = "zh") -> str:
    """All dated entries of a value in one line: figure, first day, article, and the day it was announced."""
    told = []
    for entry in value.history:
        sign = NO_SIGN if isinstance(entry.value, list) else SIGNS.get(value.unit, NO_SIGN)
        known = Words(f"，{entry.known_on} 公布", f", announced {entry.known_on}") if entry.known_on else Words("", "")
        told.append(
            Words(
                f"{entry.text}{sign.zh}（{entry.first} 起，{entry.article}{known.zh}）",
                f"{entry.text}{sign.en} (from {entry.first}, {entry.article}{known.en})",
            ).in_language(language)
        )
    return Words("；", "; ").in_language(language).join(told)


def _figures(value: Value) -> str:
    """What two editions must share to say the same: a figure that each of them starts with is no change of its own."""
    if len(value.history) > 1:
        return value_text(value)
    (entry,) = value.history
    return f"{entry.text} {value.unit} {entry.article} {entry.known_on}"


def _fact_text(fact: Fact) -> str:
    said = fact.model_dump(exclude={"says"}, exclude_defaults=True)
    return _plain(said)


def _assumption_text(source: PolicyFile, name: str, stated: Assumption, language: str) -> str:
    called = [source.policy.choice_words(name, one) for one in (stated.chosen, *stated.alternatives)]
    zh, en = ([words.in_language(one) for words in called] for one in ("zh", "en"))
    told = Words(f"{zh[0]}（另可：{'；'.join(zh[1:])}）", f"{en[0]} (or: {'; '.join(en[1:])})")
    return told.in_language(language)


def _plain(said: Mapping[str, object]) -> str:
    return "; ".join(f"{key} {value}" for key, value in said.items())


def _steps(old: PolicyFile, new: PolicyFile) -> Iterator[Change]:
    """Steps that went, came or changed what they take, in their order."""
    before, after = ([_step_text(one) for one in source.policy.steps] for source in (old, new))
    for tag, a, b, c, d in difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag == "equal":
            continue
        for i in range(max(b - a, d - c)):
            was, now = (a + i if a + i < b else None), (c + i if c + i < d else None)
            name = new.policy.steps[now].step if now is not None else old.policy.steps[was or 0].step
            yield Change(
                "step", name, Words(f"第 {(now if now is not None else was or 0) + 1} 步", "step"),
                None if was is None else before[was], None if now is None else after[now],
                "" if was is None else old.document.place(("steps", was)),
                "" if now is None else new.document.place(("steps", now)),
            )  # fmt: skip


def _step_text(written: Step) -> str:
    takes = [f"{name} {' '.join(given) if isinstance(given, list) else given}" for name, given in written.takes.items()]
    conditions = [
        f"{word} {name} {'/'.join(one) if isinstance(one, list) else f'≥ {one.at_least}'}"
        for word, given in (("when", written.when), ("unless", written.unless))
        for name, one in given.items()
    ]
    return "; ".join((written.step, *takes, *conditions))
