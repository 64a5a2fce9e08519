"""Point 8: whatever stands in an address, a form or a header, a page answers with the right status and never with 5xx."""

from __future__ import annotations

from urllib.parse import quote

import hypothesis
import pytest
from hypothesis import strategies as st
from torture.odd import NO_DAY, NO_NUMBER, ODD, ODD_NAMES

from tests.cockpit.conftest import *  # noqa: F403  the same county behind the same doors

ADDRESSES = (
    "/", "/trend/", "/trend.csv", "/reasons/", "/statement.json", "/statement.pdf", "/statement.xlsx", "/findings/",
    "/findings.csv", "/overview/", "/overview/party/", "/overview/claims/", "/visits/", "/quality/", "/quality.xlsx",
    "/comparison/", "/comparison.xlsx", "/settlements/", "/login/",
)  # fmt: skip
FORMS = ("/findings/judge/", "/settlements/act/", "/language/", "/login/", "/logout/")
KEYS = (
    "party", "year", "indicator", "figure", "rule", "institution", "least", "weight", "verdict", "order", "page", "month",
    "check", "kind", "run", "visit", "finding", "next", "language", "act", "why", "reason", "policy", "username", "password",
)  # fmt: skip
VALUES = st.one_of(
    st.sampled_from((*ODD, *NO_NUMBER, *NO_DAY, *ODD_NAMES)),
    st.sampled_from(("xihai", "donghe", "2025", "../../xihai", "settle-", "audit-0", "//evil.example", "javascript:1")),
    st.text(max_size=40),
)
PAIRS = st.dictionaries(st.one_of(st.sampled_from(KEYS), st.text(max_size=10)), VALUES, max_size=5)
SOME = hypothesis.settings(
    max_examples=15, database=None, deadline=None, suppress_health_check=list(hypothesis.HealthCheck),
    phases=(hypothesis.Phase.generate, hypothesis.Phase.shrink),
)  # fmt: skip


@pytest.fixture(params=["clerk", "xihai", "stranger"])
def browser(as_, request):
    return as_(request.param)


@hypothesis.seed(20_260_113)
@SOME
@hypothesis.given(address=st.sampled_from(ADDRESSES), told=PAIRS)
def test_point_8_no_query_makes_a_page_fail(browser, address, told):
    asked = "&".join(f"{quote(key)}={quote(value.encode('utf-8', 'surrogatepass'))}" for key, value in told.items())
    got = browser.get(f"{address}?{asked}")
    assert got.status_code in (200, 302, 400, 404, 405, 414), (got.status_code, got.content[:300])


@hypothesis.seed(20_260_113)
@SOME
@hypothesis.given(address=st.sampled_from(FORMS), told=PAIRS)
def test_point_8_no_form_makes_a_page_fail_or_leads_away(browser, address, told):
    if address == "/login/" and "password" in told:
        # Five wrong passwords lock a name; what a lock says is tried elsewhere.
        del told["password"]
    got = browser.post(address, told)
    assert got.status_code in (200, 302, 400, 403, 404, 405, 422, 429), (got.status_code, got.content[:300])
    assert not got.headers.get("Location", "/").startswith(("//", "http", "javascript")), got.headers["Location"]
    if address == "/logout/":
        browser.logout()


# A header is bytes, and a server lets no control signs through.
HEADER = st.one_of(
    st.sampled_from([text for text in (*NO_NUMBER, *NO_DAY) if text.isascii() and text.isprintable()]),
    st.text(st.characters(min_codepoint=32, max_codepoint=255, exclude_categories=["Cc"]), max_size=60),
)


@hypothesis.seed(20_260_113)
@SOME
@hypothesis.given(
    headers=st.dictionaries(
        st.sampled_from(("HTTP_HOST", "HTTP_ACCEPT_LANGUAGE", "HTTP_COOKIE", "HTTP_REFERER", "HTTP_X_FORWARDED_FOR",
                         "HTTP_HX_REQUEST", "HTTP_HX_CURRENT_URL", "HTTP_IF_MODIFIED_SINCE", "CONTENT_TYPE", "HTTP_RANGE")),
        HEADER,
        max_size=3,
    ),
    address=st.sampled_from(ADDRESSES),
)  # fmt: skip
def test_point_8_no_header_makes_a_page_fail(browser, headers, address):
    got = browser.get(address, **headers)
    assert got.status_code in (200, 302, 400, 404, 405), (got.status_code, got.content[:300])
