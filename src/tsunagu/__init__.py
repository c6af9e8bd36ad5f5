"""Tsunagu (つなぐ): what a municipality already knows about a child, connected so that people can help."""
