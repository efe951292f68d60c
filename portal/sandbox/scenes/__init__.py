"""Named situations of the demo, built through the real deeds."""
