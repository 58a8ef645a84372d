"""Where backups lie, when they are taken, how long they and replaced databases are kept."""

from smartseller.settings.environment import DATA_DIR, env

# Where backups lie: a bucket of S3 (its keys come from the environment or the machine, as boto3 finds them), or a
# folder, which only its user can read.
BACKUP_STORAGE = (
    {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "bucket_name": env.str("BACKUP_S3_BUCKET"),
            "endpoint_url": env.str("BACKUP_S3_ENDPOINT", default="") or None,
            "region_name": env.str("BACKUP_S3_REGION", default="") or None,
            "location": env.str("BACKUP_S3_PREFIX", default=""),
            "file_overwrite": True,
            "default_acl": None,
            # A file that is read back is kept in memory up to this size, then on the disk.
            "max_memory_size": 64 * 1024 * 1024,
        },
    }
    if env.str("BACKUP_S3_BUCKET", default="")
    else {
        "BACKEND": "platform_core.fleet.backups.store.BackupFolder",
        "OPTIONS": {
            "location": env.str("BACKUP_FOLDER", default=str(DATA_DIR / "backups")),
            "file_permissions_mode": 0o600,
            "directory_permissions_mode": 0o700,
        },
    }
)
# Backups that are taken at the same time, over all workers, and by one command.
BACKUP_PARALLEL = env.int("BACKUP_PARALLEL", default=2)
# Shops are backed up each night from this hour (UTC) on, within three hours; the platform's own database after them.
BACKUP_HOUR = env.int("BACKUP_HOUR", default=1)
# The newest of so many days, weeks and months is kept.
BACKUP_KEEP_DAILY = env.int("BACKUP_KEEP_DAILY", default=7)
BACKUP_KEEP_WEEKLY = env.int("BACKUP_KEEP_WEEKLY", default=5)
BACKUP_KEEP_MONTHLY = env.int("BACKUP_KEEP_MONTHLY", default=12)
# How long the database that a restore replaced is kept, so that the restore can be undone.
RESTORE_KEEP_HOURS = env.int("RESTORE_KEEP_HOURS", default=72)
# How long the database that a shop had before it was moved is kept on the server it came from.
MOVE_KEEP_HOURS = env.int("MOVE_KEEP_HOURS", default=72)
# How long the owners of a cancelled shop can take it along before `tenant drop` closes its database.
EXPORT_WINDOW_DAYS = env.int("EXPORT_WINDOW_DAYS", default=90)
# Whether cancelled shops are dropped by themselves after that; otherwise by `tenant drop` only.
DROP_CANCELLED = env.bool("DROP_CANCELLED", default=True)
# How long the database of a cancelled shop is kept once it is to be dropped.
DROP_KEEP_DAYS = env.int("DROP_KEEP_DAYS", default=30)
# How long an archive of a shop can be downloaded.
EXPORT_KEEP_DAYS = env.int("EXPORT_KEEP_DAYS", default=7)
# How long a sandbox lives.
SANDBOX_DAYS = env.int("SANDBOX_DAYS", default=14)
