"""The English pages are English."""

from __future__ import annotations

import re

from yiheng.cockpit.translations import MO, PO, compiled, read_po

CHINESE = re.compile("[一-鿿]")
# What stays Chinese on an English page: the switch, and what the county and the policy call themselves.
KEPT = [r'<button[^>]*lang="zh">.*?</button>', r'<td class="says">.*?</td>', r"第.条", r"牵头医院|乡镇卫生院|村卫生室"]
KEPT += [r'<bdi lang="zh">.*?</bdi>', r'<option[^>]*lang="zh">.*?</option>']


def test_the_compiled_catalogue_is_that_of_the_text():
    assert MO.read_bytes() == compiled(read_po(PO.read_text("utf-8"))), "run: python -m yiheng.cockpit.translations"


def test_every_entry_is_translated_with_the_same_places():
    for zh, en in read_po(PO.read_text("utf-8")).items():
        assert en, zh
        if zh and "万元" not in zh:
            assert set(re.findall(r"%\(\w+\)s", zh)) == set(re.findall(r"%\(\w+\)s", en)), zh


def opened_findings() -> list[str]:
    """Findings opened: about stays, about lines, about an institution."""
    from yiheng.cockpit import results, suspects

    found = {one["rule"]: one["id"] for one in suspects.of_run(results.audited())}
    return [f"/findings/{found[rule]}/" for rule in ("split_stay", "drug_over_days", "camera_dark")]


def test_an_english_page_holds_no_chinese(as_):
    client = as_("clerk")
    client.post("/language/", {"language": "en"})
    newcomer = as_("newcomer")
    newcomer.post("/language/", {"language": "en"})
    for one, address in [
        *(
            (client, a)
            for a in (
                "/",
                "/?party=xihai&year=2022",
                "/?party=donghe&year=2024",
                "/findings/",
                *opened_findings(),
                "/overview/",
                "/overview/party/?party=xihai&year=2025",
                "/quality/",
                "/comparison/",
                "/quality/?check=listed_late",
                "/nowhere/",
            )
        ),
        *((client, f"/reasons/?party=xihai&year=2025&figure={f}") for f in ("budget", "kept", "fund_bears")),
        (newcomer, "/"),
    ]:
        page = one.get(address).content.decode()
        for kept in KEPT:
            page = re.sub(kept, "", page, flags=re.DOTALL)
        left = [line.strip() for line in page.splitlines() if CHINESE.search(line)]
        assert not left, f"{address}: {left}"
    client.post("/logout/")
    assert len(CHINESE.findall(client.get("/login/").content.decode())) == len("中文")


def test_no_entry_of_the_catalogue_is_unused():
    from yiheng.measures import INDICATORS
    from yiheng.supervision import RULES

    house = PO.parents[4]
    source = "".join(
        file.read_text("utf-8")
        for room in ("cockpit", "casework")
        for file in (house / room).rglob("*")
        if file.suffix in (".py", ".html")
    )
    source = re.sub(r"\{\{ (\w+) \}\}", r"%(\1)s", source)
    declared = {word for one in INDICATORS.values() for word in (one.zh, one.not_for, one.source)}
    declared |= {rule.zh for rule in RULES.values()}
    unused = [
        zh
        for zh in read_po(PO.read_text("utf-8"))
        if zh
        and zh not in declared
        and f'"{zh}"' not in source
        and f"'{zh}'" not in source
        and f"%}}{zh}{{%" not in source
    ]
    assert not unused
