"""Renders the sample content and style pictures of the project from fixed seeds."""
