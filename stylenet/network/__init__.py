"""VGG-19: the table of layers, the readers of its files, its graph, sessions."""
