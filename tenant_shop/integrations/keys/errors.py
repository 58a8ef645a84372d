"""Why a shop makes no key."""

from smartseller.errors import RuleViolation


class ApiNotInPlan(RuleViolation):
    """The merchant's plan does not include the API."""

    code = "api_not_in_plan"

    def __init__(self, plan: str) -> None:
        self.plan = plan
        super().__init__(f"The plan {plan} does not include the API. Upgrade it to let programs in.")
