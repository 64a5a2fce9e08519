"""The cockpit: web pages that show what runs have found."""
