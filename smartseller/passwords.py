"""Hashing passwords with bounded memory."""

from threading import BoundedSemaphore

from django.contrib.auth.hashers import Argon2PasswordHasher

# Each takes 100 MiB and all processors for a moment: more at once are not faster, and a hundred log-ins at the same
# moment would take what the machine has.
AT_ONCE = 2
_turns = BoundedSemaphore(AT_ONCE)


class PatientArgon2(Argon2PasswordHasher):
    """Argon2, by at most two of a process at once; the others wait for their turn."""

    def encode(self, password: str, salt: str) -> str:
        with _turns:
            return super().encode(password, salt)

    def verify(self, password: str, encoded: str) -> bool:
        with _turns:
            return super().verify(password, encoded)
