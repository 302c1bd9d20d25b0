"""Many intakes: facts once, rules many times."""
