"""How pictures go through the network: in one piece, or tile by tile."""
