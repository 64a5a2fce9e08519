"""The pages of all parties: what each spent against its budget, and which care makes the difference."""
