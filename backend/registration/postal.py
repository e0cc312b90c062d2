"""Which state a CEP belongs to: Correios gives each state one or a few runs of numbers. Pure."""

from __future__ import annotations

from bisect import bisect_right

# The first five digits from which a state's run begins, in order; it ends before the next one.
_STARTS: tuple[tuple[int, str], ...] = (
    (0, ""), (1000, "SP"), (20000, "RJ"), (29000, "ES"), (30000, "MG"), (40000, "BA"), (49000, "SE"), (50000, "PE"),
    (57000, "AL"), (58000, "PB"), (59000, "RN"), (60000, "CE"), (64000, "PI"), (65000, "MA"), (66000, "PA"),
    (68900, "AP"), (69000, "AM"), (69300, "RR"), (69400, "AM"), (69900, "AC"), (70000, "DF"), (72800, "GO"),
    (73000, "DF"), (73700, "GO"), (76800, "RO"), (77000, "TO"), (78000, "MT"), (79000, "MS"), (80000, "PR"),
    (88000, "SC"), (90000, "RS"),
)  # fmt: skip
_FIRSTS = [first for first, _ in _STARTS]
STATES = {
    "AC": "Acre", "AL": "Alagoas", "AM": "Amazonas", "AP": "Amapá", "BA": "Bahia", "CE": "Ceará",
    "DF": "Distrito Federal", "ES": "Espírito Santo", "GO": "Goiás", "MA": "Maranhão", "MG": "Minas Gerais",
    "MS": "Mato Grosso do Sul", "MT": "Mato Grosso", "PA": "Pará", "PB": "Paraíba", "PE": "Pernambuco", "PI": "Piauí",
    "PR": "Paraná", "RJ": "Rio de Janeiro", "RN": "Rio Grande do Norte", "RO": "Rondônia", "RR": "Roraima",
    "RS": "Rio Grande do Sul", "SC": "Santa Catarina", "SE": "Sergipe", "SP": "São Paulo", "TO": "Tocantins",
}  # fmt: skip
DIGITS = 8


def state_of(postal_code: str) -> str:
    """The two letters of the state that eight digits belong to; empty where no state has them."""
    if len(postal_code) != DIGITS or not postal_code.isdigit():
        return ""
    return _STARTS[bisect_right(_FIRSTS, int(postal_code[:5])) - 1][1]
