"""What a run leaves: names, pictures, figures, run file."""
