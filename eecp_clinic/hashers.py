"""Password hashing where passwords protect nothing: development, the demo and tests."""

from django.contrib.auth.hashers import PBKDF2PasswordHasher


class QuickHasher(PBKDF2PasswordHasher):
    """PBKDF2 with few rounds. Settings never offer it in production.

    The demo signs some hundred records as it starts, and each signature checks a password.
    """

    algorithm = "pbkdf2_sha256_quick"
    iterations = 1_000
