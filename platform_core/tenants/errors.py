"""What a shop's standing does not allow."""

from smartseller.errors import RuleViolation


class StandingRefused(RuleViolation):
    """The shop's standing does not allow this change of it."""

    code = "standing_refused"

    def __init__(self, slug: str, status: str, wanted: str) -> None:
        self.slug, self.status_found, self.wanted = slug, status, wanted
        standing = status.replace("_", " ")
        super().__init__(
            f"The shop {slug} is {standing} already."
            if standing == wanted
            else f"The shop {slug} is {standing} and cannot be {wanted}."
        )


class UnknownPlan(RuleViolation):
    """No plan on offer has the name."""

    code = "unknown_plan"
    status = 422

    def __init__(self, plan: str) -> None:
        self.plan = plan
        super().__init__(f"There is no plan {plan!r}.")
