"""What can be chosen: every option with its default, presets, shares of layers and styles."""
