"""Public ids: random, short enough to read aloud, never a row number."""

import secrets

#: Without vowels (no words), 0/o, 1/l/i: what is read from paper is typed back right.
ALPHABET = "23456789bcdfghjkmnpqrstvwxz"
LENGTH = 10


def new_code() -> str:
    """A random code of ten characters (about 47 bits), used in URLs."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
