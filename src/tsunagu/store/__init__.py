"""The stores: immutable segments, one HEAD, zones kept apart, a journal."""
