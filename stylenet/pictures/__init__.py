"""Pictures: reading, writing, resampling, colour, sizes, the start."""
