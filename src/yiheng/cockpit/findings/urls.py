"""Addresses of the pages of findings."""

from django.urls import path

from ..exports import findings_csv
from . import views

urlpatterns = [
    path("findings/", views.listed, name="findings"),
    path("findings/judge/", views.judge, name="finding_judge"),
    path("findings/<slug:finding>/", views.one, name="finding"),
    path("findings.csv", findings_csv, name="findings_csv"),
]
