"""Where the files of shops lie: in the data folder of this machine, or in a bucket that many machines reach."""

from smartseller.settings.environment import env

MEDIA_STORAGE = (
    {
        "BACKEND": "platform_core.tenancy.bucket.TenantBucketStorage",
        "OPTIONS": {
            "bucket_name": env.str("MEDIA_S3_BUCKET"),
            "endpoint_url": env.str("MEDIA_S3_ENDPOINT", default="") or None,
            "region_name": env.str("MEDIA_S3_REGION", default="") or None,
            "location": env.str("MEDIA_S3_PREFIX", default="").strip("/"),
            # A name that is taken stays as it is, as in a folder.
            "file_overwrite": False,
            "default_acl": None,
            # A file that is read is kept in memory up to this size, then on the disk.
            "max_memory_size": 16 * 1024 * 1024,
        },
    }
    if env.str("MEDIA_S3_BUCKET", default="")
    else {"BACKEND": "platform_core.tenancy.storage.TenantFileStorage"}
)
