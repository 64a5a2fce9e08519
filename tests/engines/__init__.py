"""Tests of what an engine stands on."""
