"""Behaviour of others that we lean on or work round; a failure here means the work-round may go."""

from __future__ import annotations

import duckdb
import ibis
import pyarrow as pa
import pytest


def test_decimal_division_still_becomes_floating_point():
    # runs/ divides whole numbers in Python; basis/money.py does all division of money.
    con = ibis.duckdb.connect()
    table = con.create_table("t", schema=ibis.schema({"yuan": "decimal(18, 2)", "n": "int64"}))
    assert (table.yuan / table.n).type().is_floating()


def test_creating_a_table_from_arrow_still_fails_to_drop_its_view():
    # runs/engine.py reads statement lines from files instead.
    con = ibis.duckdb.connect()
    with pytest.raises(duckdb.ParserException):
        con.create_table("t", pa.table({"n": [1]}), temp=True)


def test_sums_of_int64_stay_exact():
    con = ibis.duckdb.connect()
    con.raw_sql("create table big as select 9007199254740993::bigint as fen union all select 1")
    assert con.table("big").fen.sum().to_pyarrow().as_py() == 9007199254740994


def test_a_cast_rounds_without_a_word():
    # intake reads money by its written form and refuses 1.234 yuan.
    assert duckdb.sql("select cast('1.239' as decimal(18, 2))::varchar").fetchall() == [("1.24",)]


def test_yaml_keeps_the_last_of_two_equal_keys_and_reads_octals():
    # policy/plain_yaml.py reads scalars as text and refuses doubled keys.
    import yaml

    assert yaml.safe_load("a: 1\na: 010") == {"a": 8}
