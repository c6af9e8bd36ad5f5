"""Words every package shares: ids, dates, periods, purposes, the three-valued result. No I/O."""
