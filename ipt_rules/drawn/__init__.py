"""Intakes and courses drawn by chance, valid by construction: for tests, and for finding one with a wanted property."""
