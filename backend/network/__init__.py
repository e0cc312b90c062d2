"""The plan's network: doctors, dentists, clinics, hospitals, laboratories, and where they see people."""
