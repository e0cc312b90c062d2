"""Appointments: what people ask for, the agenda, holds and bookings."""
