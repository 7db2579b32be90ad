"""Bricks that could have been in the standard library; they know no kernel word."""
