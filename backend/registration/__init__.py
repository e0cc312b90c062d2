"""Changes to the register: what a person asks to be changed, with its proof, decided by the registration team."""
