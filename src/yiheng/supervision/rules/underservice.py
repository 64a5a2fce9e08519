"""Rules about service withheld."""
