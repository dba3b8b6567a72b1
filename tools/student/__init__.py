"""Parts of the training of the small network; tools/train_student.py puts them together."""
