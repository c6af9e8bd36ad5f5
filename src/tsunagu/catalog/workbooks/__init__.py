"""Workbooks an officer corrects: one small form of sheet, and what the registers look like in it."""
