"""Addresses of the pages."""

from django.contrib.auth.views import LoginView, LogoutView
from django.urls import include, path

from . import settlements, views
from .exports import (
    comparison_xlsx,
    quality_xlsx,
    statement_json,
    statement_pdf,
    statement_xlsx,
    trend_csv,
)
from .signing import SignIn

handler400 = "yiheng.cockpit.unread.bad_request"
handler500 = "yiheng.cockpit.faults.fault"

urlpatterns = [
    path("", views.cockpit, name="cockpit"),
    path("trend/", views.trend, name="trend"),
    path("trend.csv", trend_csv, name="trend_csv"),
    path("reasons/", views.reasons, name="reasons"),
    path("statement.json", statement_json, name="statement_json"),
    path("statement.pdf", statement_pdf, name="statement_pdf"),
    path("statement.xlsx", statement_xlsx, name="statement_xlsx"),
    path("", include("yiheng.cockpit.findings.urls")),
    path("", include("yiheng.cockpit.overview.urls")),
    path("", include("yiheng.cockpit.visits.urls")),
    path("settlements/", settlements.settlements, name="settlements"),
    path("settlements/act/", settlements.settlement_act, name="settlement_act"),
    path("quality/", views.quality, name="quality"),
    path("quality.xlsx", quality_xlsx, name="quality_xlsx"),
    path("comparison/", views.compared, name="comparison"),
    path("comparison.xlsx", comparison_xlsx, name="comparison_xlsx"),
    path("login/", LoginView.as_view(redirect_authenticated_user=True, authentication_form=SignIn), name="login"),
    path("logout/", LogoutView.as_view(), name="logout"),
    path("language/", views.language, name="language"),
]
