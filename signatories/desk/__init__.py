"""The desk of the staff: its home page, what waits, the numbers, and how staff log in."""
