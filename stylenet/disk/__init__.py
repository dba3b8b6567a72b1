"""Files: whole or not at all, claims, inputs, scratch."""
