"""What a workspace must survive: processes killed at any instant."""
