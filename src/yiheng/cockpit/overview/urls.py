"""Addresses of the overview."""

from django.urls import path

from . import views

urlpatterns = [
    path("overview/", views.every, name="overview"),
    path("overview/party/", views.party, name="overview_party"),
    path("overview/claims/", views.claims, name="overview_claims"),
]
