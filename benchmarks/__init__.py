"""What the figures of speed and memory in the README are measured with."""
