"""The words that people use for what the plan has: specialties, cities, doctors' names. Pure, read once from data."""

from backend.vocabulary.cities import City, cities_in
from backend.vocabulary.people import provider_name_in
from backend.vocabulary.specialties import Specialty, every_specialty, specialties_in, specialty

__all__ = [
    "City",
    "Specialty",
    "cities_in",
    "every_specialty",
    "provider_name_in",
    "specialties_in",
    "specialty",
]
