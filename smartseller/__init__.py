"""The frame of the house: settings, URLs, Celery, the embedded servers and the few words both apps share."""
