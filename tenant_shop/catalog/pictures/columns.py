"""What every row of a picture says of its file."""

from django.db import models


class PictureFile(models.Model):
    """A file in the shop's folder; without a `filename`, a reference to one elsewhere.

    `renditions` is `{recipe, widths, formats, bytes}` once a worker has made them (`catalog/pictures/make.py`).
    """

    url = models.CharField(max_length=500)
    filename = models.CharField(max_length=255, null=True, blank=True)
    size_bytes = models.IntegerField(null=True, blank=True)
    width = models.IntegerField(null=True, blank=True, help_text="In pixels.")
    height = models.IntegerField(null=True, blank=True, help_text="In pixels.")
    mime_type = models.CharField(max_length=100, null=True, blank=True)
    renditions = models.JSONField(null=True, blank=True, editable=False)
    renditions_due_at = models.DateTimeField(
        null=True, blank=True, editable=False, help_text="From when on a worker may make them; empty: nothing to do."
    )
    rendition_attempts = models.SmallIntegerField(default=0, db_default=0, editable=False)
    rendition_problem = models.CharField(max_length=500, null=True, blank=True, editable=False)

    class Meta:
        abstract = True
