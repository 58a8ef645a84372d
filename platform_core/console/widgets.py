"""Fields of the console's own forms, in the theme's looks."""

from django import forms
from unfold.widgets import UnfoldAdminTextInputWidget


class DayInput(forms.DateInput):
    input_type = "date"

    def __init__(self) -> None:
        looks = " ".join(UnfoldAdminTextInputWidget().attrs["class"].split())
        super().__init__(format="%Y-%m-%d", attrs={"class": looks})
