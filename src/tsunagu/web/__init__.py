"""The desk's HTTP side: settings, addresses, views; one call below for each view."""
