"""The reference page and the national names say what the contracts say."""

from __future__ import annotations

from tests.conftest import ROOT
from yiheng.records import TABLES
from yiheng.records.codes import COVERAGE, INSURANCE, SEX, VISIT_KIND
from yiheng.records.national import PLATFORM_FIELDS, SPELLINGS, field_name, national_codes, table_name
from yiheng.records.page import tables_page


def test_the_page_of_tables_is_the_one_the_contracts_make():
    page = (ROOT / "docs" / "reference" / "tables.md").read_text("utf-8")
    assert page == tables_page(), "run: python -m yiheng.records.page > docs/reference/tables.md"


def test_a_field_of_the_platform_is_a_name_of_its_table():
    for name, fields in PLATFORM_FIELDS.items():
        assert fields <= {alias for column in TABLES[name] for alias in column.aliases}, name


def test_both_spellings_of_a_settlement():
    settlement = TABLES["settlement"]
    assert (table_name(settlement, "platform"), table_name(settlement, "interface")) == ("setl_d", "setlinfo")
    names = {
        s: [field_name(settlement, settlement[c], s) for c in ("scope_fen", "cash_fen", "fund_fen")] for s in SPELLINGS
    }
    assert names == {
        "ours": ["scope_fen", "cash_fen", "fund_fen"],
        "platform": ["inscp_amt", "cash_payamt", "fund_pay_sumamt"],
        "interface": ["inscp_scp_amt", "psn_cash_pay", "fund_pay_sumamt"],
    }


def test_no_spelling_calls_two_columns_of_a_table_the_same():
    for table in TABLES.values():
        for spelling in SPELLINGS:
            names = [field_name(table, column, spelling) for column in table]
            assert len(names) == len(set(names)), (table.name, spelling)


def test_codes_go_back_only_where_word_and_code_are_one_to_one():
    assert national_codes(SEX) == {"male": "1", "female": "2", "unknown": "0"}
    # '01' and '1' are one code; residents come as 390, 391 or 380.
    assert national_codes(COVERAGE) == {"full": "01", "partial": "02", "none": "03"}
    assert national_codes(INSURANCE) == {} == national_codes(VISIT_KIND)


def test_no_two_tables_have_the_same_national_name():
    names = [n for t in TABLES.values() for n in (t.name, *t.aliases)]
    assert len(names) == len(set(names))
