"""The page of one visit: its settlements, lines and diagnoses, and what was found about it."""
