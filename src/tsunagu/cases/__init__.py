"""The children put before people, what people decide about them, and what is to be done next."""

PACKAGE = "tsunagu.cases"
