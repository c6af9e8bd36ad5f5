"""The children the desk can find and open, each row decided by the row policies of `access`."""

PACKAGE = "tsunagu.people"
