"""The losses: the equations, the objective they add up to, its gradient."""
