"""The frame of the house: settings, URLs, Celery, the embedded servers and the few words both apps share."""

# Every process that queues a task must know our broker, whatever it imported first: a shared task without an
# application would go to Celery's default broker.
from smartseller.celery import app as celery_app

__all__ = ["celery_app"]
