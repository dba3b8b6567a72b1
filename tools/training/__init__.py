"""Parts of the training of the embedded network; tools/train_network.py puts them together."""
