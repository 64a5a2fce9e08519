"""The verb that gives a statement out: PDF, workbook, JSON, chart, book, and the difference to an older run."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import click

from yiheng.basis.evidence import Words
from yiheng.basis.refusals import Refusal
from yiheng.payment import FIGURES
from yiheng.runs import (
    NOTICE,
    OFFICIAL,
    Pair,
    Stand,
    Workspace,
    corrected_claims,
    kept_policies,
    official_of,
    register_of,
    stand_of,
)
from yiheng.runs.manifest import canonical
from yiheng.statements import (
    Sides,
    accepted_because,
    difference,
    due_words,
    is_notice,
    ledger,
    only,
    paired,
    statement_hash,
    statements_of,
    use_of,
    waterfall,
    write_difference_pdf,
    write_difference_workbook,
    write_file,
    write_notice_pdf,
    write_statement_pdf,
    write_workbook,
)

from .due import named, notes, say_due, say_notices
from .heads import further
from .numbers import YEAR
from .official import STATES
from .show import answer, call, called, head, say, say_text, separated, with_id, working
from .spoken import told
from .verb import DONE, format_option, opened, says_refusals, workspace_option

STATEMENTS = "statements.json"
# What no file name of any system may hold; a few signs of a hash keep the names apart.
NOT_IN_NAMES = re.compile(r"[^\w-]+")
NAME_SIGNS, HASH_SIGNS = 40, 8
# Claims that a terminal names; the files name more.
CLAIMS_SAID = 20
# What became of a claim, by whether it was not there before and is not there now.
CHANGES = {
    (False, False): Words("更正", "corrected"),
    (True, False): Words("新到", "came later"),
    (False, True): Words("已无", "no longer there"),
}
FILE = click.Path(path_type=Path)
One = dict[str, Any]


@click.command()
@click.argument("run", default=OFFICIAL)
@click.argument("party", required=False)
@click.option("--year", type=YEAR, help="Only the statement of this year.")
@click.option("--against", metavar="OLDER", help="The difference to an older run of the same policy and year.")
@click.option("--pdf", type=FILE, help="A file for one statement; for several a folder, one file each.")
@click.option("--chart", type=FILE, help="The waterfall as SVG: a file, or a folder for several statements.")
@click.option("--xlsx", type=FILE, help="A workbook with reasons and live formulas.")
@click.option("--json", "json_file", type=FILE, help="The statements with reasons and manifest.")
@click.option("--book", type=FILE, help="Transfers and closing balances as text that compares well.")
@workspace_option
@format_option
@says_refusals
def statement(
    run: str,
    party: str | None,
    year: int | None,
    against: str | None,
    pdf: Path | None,
    chart: Path | None,
    xlsx: Path | None,
    json_file: Path | None,
    book: Path | None,
    workspace: Path | None,
    form: str,
) -> int:
    """Give out the statements of a settle run, of one party or of all.

    RUN is a settle run, or "official" (the default): the adopted settlement, else the newest trial,
    which every paper says of itself.

    \b
    Examples:
      yiheng statement official --year 2025 --pdf statements/
      yiheng statement settle-0f3a xihai --pdf xihai.pdf
      yiheng statement settle-0f3a --pdf statements/ --book book.txt
      yiheng statement settle-9c41 xihai --against settle-0f3a --pdf correction.pdf
    """
    space = opened(workspace)
    pairs, party = None, space.party(party)
    if run == OFFICIAL:
        run, pairs = _official(space, party, year)
    # A register that was cut no longer vouches for what people adopted.
    register, result = register_of(space), space.result(run, STATEMENTS)
    if result["manifest"]["verb"] == NOTICE and (against or chart or xlsx):
        raise Refusal("a budget before its year is over has no such paper", cure="ask for --pdf, --json or --book")
    chosen = [s for s in statements_of(result, party, year) if pairs is None or (s["party"], s["year"]) in pairs]
    if against is not None:
        if chart or book:
            raise Refusal("a difference has no chart and no book", cure="ask for them without --against")
        older = space.result(against, STATEMENTS)
        asked = [s for s in older["statements"] if party in (None, s["party"]) and year in (None, s["year"])]
        compared = difference(only(result, chosen), only(older, asked))
        _name_claims(space, compared, result, older)
        return _difference(space, compared, _sides(space, compared), pdf, xlsx, json_file, form)
    whole = only(result, chosen)
    stands = {pair: stand_of(register, result["run"], pair) for pair in ((s["party"], s["year"]) for s in chosen)}
    _names_kept(space, stands)
    if pdf:
        _each(
            pdf, "pdf", chosen,
            lambda one, into: (write_notice_pdf if is_notice(one) else write_statement_pdf)(
                result, one, into, stands[one["party"], one["year"]], space.names.get(one["party"], "")
            ),
        )  # fmt: skip
    if chart:
        _each(
            chart, "svg", chosen, lambda one, into: write_file(into, waterfall(named(one), notes(result, one)).encode())
        )
    if xlsx:
        write_workbook(whole, xlsx, stands, kept_policies(space.find_run(result["run"])), space.names)
    if json_file:
        write_file(json_file, canonical(whole).encode())
    if book:
        write_file(book, ledger(chosen, [statement_hash(result, one) for one in chosen]).encode())
    if result["manifest"]["verb"] == NOTICE:
        return say_notices(whole, form)
    shown = separated if form == "table" else str
    rows = [[s["party"], str(s["year"]), *(shown(s["figures"][name]) for name in FIGURES)] for s in chosen]
    answer(form, whole, ["party", "year", *FIGURES], rows, result["run"])
    for one in chosen:
        say_due(result, one, accepted_because(stands[one["party"], one["year"]]))
    for state in sorted({stand.state for stand in stands.values()}):
        say(f"状态：{STATES[state].zh}", f"state: {STATES[state].en}")
    _say_written(pdf, chart, xlsx, json_file, book)
    return DONE


def _names_kept(space: Workspace, stands: dict[Pair, Stand]) -> None:
    """Call each party as it was called when its statement was adopted, and say where the settings differ."""
    for (party, year), stand in stands.items():
        today = space.names.get(party, "")
        if renamed := stand.renamed(party, today):
            call(party, stand.name_of(party, today))
            say(f"{party} {year}：{renamed.zh}", f"{party} {year}: {renamed.en}")


def _official(space: Workspace, party: str | None, year: int | None) -> tuple[str, set[Pair]]:
    """The run that holds the statements that count, and whose they are."""
    found = official_of(space, party, year)
    runs = sorted({stand.run for _, stand in found})
    if len(runs) > 1:
        raise Refusal(
            f"the statements of {found[0][0][1]} are in {len(runs)} runs",
            expected=" or ".join(runs),
            cure="name a party, or one of the runs",
        )
    return runs[0], {pair for pair, _ in found}


def _difference(
    space: Workspace,
    compared: One,
    sides: dict[Pair, Sides],
    pdf: Path | None,
    xlsx: Path | None,
    json_file: Path | None,
    form: str,
) -> int:
    if pdf:
        names = space.names
        _each(
            pdf, "pdf", compared["statements"],
            lambda one, into: write_difference_pdf(
                compared, one, into, names.get(one["party"], ""), sides[one["party"], one["year"]]
            ),
        )  # fmt: skip
    if xlsx:
        write_difference_workbook(compared, xlsx, sides, space.names)
    if json_file:
        write_file(json_file, canonical(compared).encode())
    shown = separated if form == "table" else str
    rows = [
        [
            s["party"],
            str(s["year"]),
            head(name if name in FIGURES else further(name, ())) if form == "table" else name,
            *(f[side] and shown(f[side]) for side in ("old", "new", "difference")),
        ]
        for s in compared["statements"]
        for name, f in s["figures"].items()
    ]
    columns = ["party", "year", "figure", "old", "new", "difference"]
    answer(form, compared, columns, rows, f"{compared['run']} − {compared['against']}")
    for told_use in sorted({_use(one) for one in sides.values()}):
        say(*told_use)
    for s in compared["statements"]:
        due, pair = due_words(s), f"{with_id(s['party'])} {s['year']}"
        say(f"{pair}：{due.zh}", f"{pair}: {due.en}")
        for fact in paired(s["facts"]):
            was, now = (_fact(fact[side]) for side in ("old", "new"))
            say_text(f"{called(s['party'])} {s['year']}: {was} → {now}")
        _say_claims(s)
    for one in compared["only_new"]:
        pair = f"{called(one['party'])} {one['year']}"
        say(f"{pair}：原来没有清算单", f"{pair}: had no statement before")
    for one in compared["only_old"]:
        pair = f"{called(one['party'])} {one['year']}"
        say(f"{pair}：现在没有清算单", f"{pair}: has no statement now")
    _say_written(pdf, xlsx, json_file)
    return DONE


def _sides(space: Workspace, compared: One) -> dict[Pair, Sides]:
    """How both statements of each difference stand."""
    register = register_of(space)
    return {
        (pair := (s["party"], s["year"])): Sides(
            stand_of(register, compared["against"], pair), stand_of(register, compared["run"], pair)
        )
        for s in compared["statements"]
    }


def _use(sides: Sides) -> tuple[str, str]:
    """The states of both statements and what their difference may be used for."""
    old, new = (STATES[side.state if side else "trial"] for side in (sides.old, sides.new))
    use = use_of(sides)
    return f"状态：原清算单{old.zh}，现清算单{new.zh}。{use.zh}", f"state: old {old.en}, new {new.en}. {use.en}"


def _name_claims(space: Workspace, compared: One, newer: One, older: One) -> None:
    """Add to each difference the claims that came to another amount."""
    sides = [{(s["party"], s["year"], s["policy"]["id"]): s for s in result["statements"]} for result in (newer, older)]
    keys = [(s["party"], s["year"], s["policy"]["id"]) for s in compared["statements"]]
    with working("claims"):
        found = corrected_claims(space, newer, older, [(sides[0][key], sides[1][key]) for key in keys])
    for one, claims in zip(compared["statements"], found, strict=True):
        one["claims"] = claims


def _say_claims(one: One) -> None:
    for claim in one["claims"][:CLAIMS_SAID]:
        was, now = (separated(claim[side]) if claim[side] else "—" for side in ("old", "new"))
        about = f"{claim['year']} {claim['settlement_id']}"
        kind = told(*CHANGES[claim["old"] is None, claim["new"] is None])
        say_text(f"  {kind} {about}: {was} → {now} {told('元', 'yuan')}")
    if (left := len(one["claims"]) - CLAIMS_SAID) > 0:
        say(f"  另有 {left:,} 笔，见 --json", f"  {left:,} more: --json")


def _fact(line: One | None) -> str:
    if line is None:
        return "—"
    says = str(line[told("says", "says_en")])
    return f"{says} {separated(line['amount'])} {told('元', 'yuan')}" if "amount" in line else says


def _each(into: Path, ending: str, chosen: Sequence[One], write: Callable[[One, Path], None]) -> None:
    """One file for one statement; a folder of files for several."""
    if len(chosen) == 1 and not into.is_dir():
        write(chosen[0], into)
        return
    try:
        into.mkdir(parents=True, exist_ok=True)
    except OSError:
        raise Refusal(
            f"{len(chosen)} statements do not fit one file", where=str(into), expected="a folder", cure="name a folder"
        ) from None
    with working(ending) as step:
        for at, one in enumerate(chosen, start=1):
            step(f"{at:,} / {len(chosen):,}")
            write(one, into / f"{_file_name(one)}.{ending}")


def _file_name(one: One) -> str:
    plain = NOT_IN_NAMES.sub("_", one["party"])[:NAME_SIGNS]
    own = hashlib.sha256(one["party"].encode()).hexdigest()[:HASH_SIGNS]
    return f"{plain}-{one['year']}" if plain == one["party"] else f"{plain}-{own}-{one['year']}"


def _say_written(*files: Path | None) -> None:
    for file in files:
        if file:
            say(f"已写出 {file}", f"written: {file}")
