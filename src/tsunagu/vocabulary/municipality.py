"""Municipality codes: which are fictional, and therefore need no local adoption."""

FICTIONAL_MUNICIPALITY_CODES = frozenset({"999999", "999998"})


def is_fictional(municipality_code: str) -> bool:
    """Whether the code stands for a test city; every other code is treated as a real municipality."""
    return municipality_code in FICTIONAL_MUNICIPALITY_CODES
