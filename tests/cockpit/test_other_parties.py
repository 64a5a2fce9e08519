"""Point 9: whatever a refusal or a reason says, nothing that a consortium opens or takes away names another one."""

from __future__ import annotations

import email.message
import email.utils
import io
import shutil

import openpyxl
import pypdf
import pytest

from yiheng.runs.list_file import add_line

from .by_hand import add_run, add_settle, figures, made
from .test_pages import TABLE

OTHER, NAME, HIDDEN = "donghe", "东河医共体", "内容涉及其他医共体，不予显示"
SAYS = f"the fact 'spend' of '{OTHER}' is missing; {NAME} must be settled first"
STATEMENT = ("/statement.json", "/statement.pdf", "/statement.xlsx")


@pytest.fixture
def planted(served, tmp_path):
    """A copy of the county in whose newest results every reason names the other."""
    from django.test import override_settings

    from yiheng.cockpit import results

    compared, judged = results.compared(), results.quality()
    folder = tmp_path / "workspace"
    shutil.copytree(served, folder)
    cells = [{**one, "refused": SAYS, "net": None} for one in compared.result["figures"]]
    policies = [{**one, "refused": SAYS} for one in compared.result["policies"]]
    result = {**compared.result, "figures": cells, "policies": policies}
    result["manifest"] = {**result["manifest"], "inputs": {**result["manifest"]["inputs"], "by_hand": f"{OTHER}.csv"}}
    add_run(folder, "compare-9", "comparison.json", result, at="2027-01-01", inputs=compared.inputs)
    sender = next(one for one, told in judged.result["institutions"].items() if told["consortium"] == "xihai")
    refused = [{"institution": sender, "file": f"{OTHER}.csv", "says": SAYS, "says_en": SAYS, "rows": 3, "fault": "f"}]
    add_run(
        folder, "quality-9", "quality.json", {**judged.result, "refused": refused}, at="2027-01-01",
        inputs=judged.inputs, beside=served / "runs" / judged.id,
    )  # fmt: skip
    add_settle(folder, "settle-9", {("xihai", 2026): SAYS, (OTHER, 2026): SAYS}, at="2027-01-01")
    with override_settings(WORKSPACE=folder):
        yield folder


def shown(answer) -> str:
    """All text of an answer, that of workbooks and papers unpacked."""
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    if content.startswith(b"PK"):
        book = openpyxl.load_workbook(io.BytesIO(content))
        return "\n".join(str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row)
    if content.startswith(b"%PDF"):
        return "".join("".join(p.extract_text() for p in pypdf.PdfReader(io.BytesIO(content)).pages).split())
    return content.decode()


def test_point_9_no_page_or_download_names_another_party(planted, as_):
    client = as_("xihai")
    more = [f"/?party=xihai&year={year}" for year in (2023, 2024, 2025, 2026)]
    more += [f"{one}?party=xihai&year={year}" for one in STATEMENT for year in (2024, 2025)]
    opened = {address: client.get(address) for address in [*TABLE, *more] if OTHER not in address}
    for language in ("en", "zh"):
        client.cookies["django_language"] = language
        opened |= {f"{language} {one}": client.get(one) for one in ("/?party=xihai&year=2026", "/comparison/")}
    assert sum(answer.status_code == 200 for answer in opened.values()) > 25
    named = [one for one, answer in opened.items() if OTHER in (text := shown(answer)).casefold() or NAME in text]
    assert named == []
    for address in ("/?party=xihai&year=2026", "/comparison/", "/comparison.xlsx", "/quality/"):
        assert HIDDEN in shown(opened[address]), address
    # The fund office reads what was planted.
    for address in ("/?party=xihai&year=2026", "/comparison/", "/comparison.xlsx", "/quality/"):
        text = shown(as_("clerk").get(address))
        assert OTHER in text and NAME in text, address


def test_point_9_a_reason_of_its_own_stays(planted, as_):
    why = "the fact 'spend' of 'xihai' is missing"
    add_settle(planted, "settle-10", {("xihai", 2027): why}, at="2027-01-02")
    page = shown(as_("xihai").get("/?party=xihai&year=2027"))
    assert "缺少“xihai”的数据“spend”" in page and HIDDEN not in page


def test_point_9_a_refusal_that_strikes_on_a_page_names_nobody_else(planted, as_):
    file = next(planted.glob("runs/compare-*/comparison.json"))
    odd = planted / "runs" / f"compare-{OTHER}"
    shutil.copytree(file.parent, odd)
    add_line(
        planted / "runs",
        {"at": "2027-02-01T00:00:00+00:00", "run": odd.name, "verb": "compare", "manifest_sha256": "0" * 64},
    )
    clerk, xihai = (shown(as_(role).get("/comparison/")) for role in ("clerk", "xihai"))
    assert OTHER in clerk and OTHER not in xihai


def test_point_9_acts_are_told_without_the_others(tmp_path, served, people, as_):
    from django.test import override_settings

    from yiheng.cockpit.discreet import act_to, said_to
    from yiheng.runs import Act

    folder = made(tmp_path / "acts")
    add_settle(folder, "settle-1", {("xihai", 2025): figures("1.00", "1.00"), (OTHER, 2025): "none"}, at="2026-01-01")
    act = Act("2026-01-01T00:00:00+00:00", "r", "adopted", "a", SAYS, "h", "p", 2025, ("xihai",), OTHER, "xihai alone")
    with override_settings(WORKSPACE=folder):
        told = act_to(said_to(people["xihai"]), act)
        assert HIDDEN in told.why and HIDDEN in told.refused_because and told.marks_because == "xihai alone"
        assert act_to(said_to(people["clerk"]), act) == act


def test_point_9_names_inside_names(tmp_path, served, people):
    from django.test import override_settings

    from yiheng.cockpit.discreet import said_to
    from yiheng.runs import Workspace

    called = {"xihai": "东河", "donghe": "东河医共体", "xihai2": "大东河"}
    Workspace.new(tmp_path / "names", names=called)
    with override_settings(WORKSPACE=tmp_path / "names"):
        said = said_to(people["xihai"])
        kept = [
            one for one in ("东河", "xihai", "XIHAI.csv", "donghezhen", "of 'xihai' and 东河的") if said(one) == one
        ]
        hidden = [one for one in ("东河医共体", "大东河", "xihai2", "DongHe.csv", "a_donghe_b") if HIDDEN in said(one)]
    assert len(kept) == 5 and len(hidden) == 5


@pytest.mark.parametrize(
    "typed",
    ["ｄｏｎｇｈｅ", "dong he", "DONG\u3000HE", "do\u200bng\u2060he", "东河 医共体", "东\u00ad河医\ufe0f共体", "东\n河医共体", "(dong he)的"],
)  # fmt: skip
def test_point_9_another_party_is_met_however_it_is_typed(typed, tmp_path, served, people):
    from django.test import override_settings

    from yiheng.cockpit.discreet import said_to
    from yiheng.runs import Workspace

    Workspace.new(tmp_path / "names", names={"xihai": "西海医共体", "donghe": "东河医共体", "12": "一二"})
    with override_settings(WORKSPACE=tmp_path / "names"):
        said = said_to(people["xihai"])
        assert HIDDEN in said(f"待 {typed} 清算") and HIDDEN in said("12 先清算")
        for own in ("ｘｉ ｈａｉ 与西海\u3000医共体", "东河县共体", "long heat", "2025 1 2", "adonghe", "dong hey"):
            assert said(own) == own


@pytest.mark.parametrize("party", ['<b>x</b>"', "</text><script>alert(1)</script>", "<a href='x'>y</a>"])
def test_point_8_bars_show_a_name_as_text(as_, served, tmp_path, party):
    """The chart is put into the page as it is: what it says was escaped before."""
    from django.test import override_settings

    from yiheng.cockpit import results

    result, folder = results.compared().result, made(tmp_path / "bars")
    policies = [{**one, "policy": party, "title": party} for one in result["policies"][:1]]
    cells = [{**result["figures"][0], "party": party, "policy": party, "refused": None, "net": "1.00"}]
    hostile = {**result, "policies": policies, "figures": cells, "changes": [], "alternatives": [], "sums": []}
    client = as_("clerk")
    with override_settings(WORKSPACE=folder):
        add_run(folder, "compare-1", "comparison.json", hostile, at="2026-01-01")
        page = client.get("/comparison/").content.decode()
    bars = page[page.index("<svg") : page.index("</svg>")]
    assert party not in page and "<script>alert" not in page
    assert {part.split(" ")[0].split(">")[0] for part in bars.split("<")[1:]} <= {
        "svg",
        "rect",
        "text",
        "/text",
        "line",
    }
    assert (
        bars.count(party.replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;").replace("'", "&#x27;")) == 2
    )


@pytest.mark.parametrize("name", ["37028319900101123X", "13812345678", "ou-13812345678", "370283900101123"])
def test_point_9_a_user_is_not_named_by_the_number_of_a_person(database, name):
    from yiheng.basis.refusals import Refusal
    from yiheng.casework.models import JournalLine
    from yiheng.casework.services import user_create

    before = JournalLine.objects.count()
    with pytest.raises(Refusal) as refused:
        user_create(username=name, password="correct-horse-42")
    assert "用户名含有证件号码" in str(refused.value) and name not in str(refused.value)
    assert JournalLine.objects.count() == before


@pytest.mark.parametrize("name", ['a"b', "a\nb: c", "a\u202eb", "a/b", "a\\b", "a;filename=x"])
def test_point_8_names_of_downloads_stay_in_their_header(name):
    from yiheng.cockpit.exports import _file

    header = _file(b"", "text/csv", f"statement-{name}-2025.csv")["Content-Disposition"]
    assert header.isascii() and header.isprintable()
    read = email.message.Message()
    read["Content-Disposition"] = header
    # One name, the whole of it: nothing of it becomes another parameter or another line.
    assert [key for key, _ in read.get_params(header="Content-Disposition")] in (
        ["attachment", "filename"], ["attachment", "filename*"],
    )  # fmt: skip
    named = email.utils.collapse_rfc2231_value(read.get_filename())
    assert named == f"statement-{name}-2025.csv".replace("/", "_").replace("\\", "_").replace("\n", "_")
