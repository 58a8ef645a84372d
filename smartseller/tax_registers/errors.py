"""Why a register of tax ids said nothing."""

from smartseller.errors import NotReady


class RegisterUnavailable(NotReady):
    """A register of tax ids did not answer, or not in a way that can be understood."""

    code = "register_unavailable"

    def __init__(self, register: str, cause: str) -> None:
        self.register, self.cause = register, cause
        super().__init__(f"{register} did not answer: {cause}")
