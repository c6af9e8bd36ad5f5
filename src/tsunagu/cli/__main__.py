"""`python -m tsunagu.cli`."""

from tsunagu.cli.app import main

main()
