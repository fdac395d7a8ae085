"""Reads of appointments: one of them, the board of a week, the day of a crew, what counts for M12."""
