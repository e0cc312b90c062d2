"""Scheduling: booking, what is booked, moving, cancelling. [processes.md 1]"""
