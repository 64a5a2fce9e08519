"""Address of the page of a visit."""

from django.urls import path

from . import views

urlpatterns = [path("visits/", views.one, name="visit")]
