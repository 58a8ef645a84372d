from celery import shared_task


@shared_task(name="fleet.reconcile")
def reconcile_task() -> None: ...
