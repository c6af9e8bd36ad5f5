"""Intake: reads what a department sends, checks it, lands it whole or not at all, lists problems per row."""
