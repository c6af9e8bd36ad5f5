"""One run: every analytic stage for one day, committed together."""
