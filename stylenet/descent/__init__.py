"""The optimisation: optimisers, records, callbacks, state."""
