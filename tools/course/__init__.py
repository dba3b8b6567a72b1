"""The figures of the course, a file each: `draw(scale)` gives a picture and what was measured."""
