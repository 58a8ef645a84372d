"""Why a whole file, or one row of it, cannot be imported."""

from collections.abc import Sequence

from smartseller.errors import RuleViolation, SmartSellerError


class UnreadableFile(RuleViolation):
    """The file as a whole is not what the importer reads; nothing was written."""

    code = "unreadable_file"
    status = 422

    def __init__(self, name: str, problem: str) -> None:
        self.name, self.problem = name, problem
        super().__init__(f"{name} {problem}.")


class MissingColumns(RuleViolation):
    """The header lacks columns without which no row can be understood; nothing was written."""

    code = "missing_columns"
    status = 422

    def __init__(self, name: str, missing: Sequence[str], found: Sequence[str]) -> None:
        self.name, self.missing, self.found = name, tuple(missing), tuple(found)
        super().__init__(
            f"{name} lacks the required {'column' if len(missing) == 1 else 'columns'} {', '.join(missing)}. "
            f"Its header has: {', '.join(found) or 'nothing'}."
        )


class RepeatedColumn(RuleViolation):
    """Two columns of the header mean the same, so that a row would have two values for one thing."""

    code = "repeated_column"
    status = 422

    def __init__(self, name: str, first: str, second: str) -> None:
        self.name, self.first, self.second = name, first, second
        super().__init__(f"{name} has two columns for the same thing: {first} and {second}.")


class ImportRunning(RuleViolation):
    """Another import into the shop has not ended; nothing was written."""

    code = "import_running"

    def __init__(self, slug: str) -> None:
        self.slug = slug
        super().__init__(f"Another import into {slug} is running; start this one when it has ended.")


class RowRejected(SmartSellerError):
    """One row cannot be imported; the others go on. The message is the reason given to the merchant."""

    code = "row_rejected"
    status = 422
