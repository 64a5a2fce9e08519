"""Institutions that withhold or overdo service stand out among their like; the near misses do not."""

import pytest

from tests.county.county_on_disk import open_county
from tests.county.neglect_in_sql import FOUND_PLACES


@pytest.fixture(scope="module")
def district(tmp_path_factory):
    """Large enough for a township to have a share; two years are enough to see the last one."""
    return open_county(tmp_path_factory.mktemp("district"), people=15000, seed=11, years=(2024, 2025))


def places(made, rule, expect):
    rows = f"select institution from label where rule = '{rule}' and expect = '{expect}' and about[:4] = '2025'"
    return {place for (place,) in made.rows(rows)}


@pytest.mark.parametrize("rule", FOUND_PLACES)
def test_an_institution_that_withholds_or_overdoes_has_the_worst_share_by_far(district, rule):
    shares = {place: part / whole for place, part, whole in district.rows(FOUND_PLACES[rule]) if whole}
    bad, mild = places(district, rule, "catch"), places(district, rule, "spare")
    assert bad and mild and not bad & mild
    others = [share for place, share in shares.items() if place not in bad]
    # Half of the main diagnoses counted are costly ones anyway, and two fifths of an illness's costs drugs, so no share
    # can be far above the others.
    margin = 1.1 if rule in ("upcoded_illness", "disease_drug_share") else 1.4
    assert min(shares[place] for place in bad) > margin * max(others)
    assert all(place in shares for place in mild)


def test_a_closed_clinic_has_signed_people_and_saw_them_before(district):
    for place in places(district, "clinic_without_service", "catch"):
        assert district.one(f"select count(*) from enrolment where institution_id = '{place}'") > 0
        assert district.one(f"select max(year(began_on)) from visit where institution_id = '{place}'") == 2024


def test_people_who_were_sent_home_early_stayed_half_as_long(district):
    rows = district.rows("""select institution_id, year(began_on), avg(ended_on - began_on) from visit
        where kind = 'inpatient' and visit_id not in (select visit from label where visit is not null) group by all""")
    nights = {(place, year): mean for place, year, mean in rows}
    for expect in ("catch", "spare"):
        for place in places(district, "early_discharge", expect):
            assert nights[place, 2025] < 0.7 * nights[place, 2024]
