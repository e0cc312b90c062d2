"""Identity before data: three registration facts, CPF among them, before anything is said. [rule 2, seed 004]"""
