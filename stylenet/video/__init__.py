"""Clips: frames from files and back, what moved between them, one painted after the other."""
