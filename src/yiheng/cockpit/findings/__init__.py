"""The pages of findings: the list with its filter, and one finding opened."""
