"""Where the library meets other systems: their formats, as plain values."""
