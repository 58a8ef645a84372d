"""Writing the archive of a shop, while it sells on."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import IO

from django.core.files.storage import default_storage
from django.utils import timezone

from platform_core.fleet.backups.dump import dump_as_of
from platform_core.fleet.backups.media import file_names
from platform_core.fleet.backups.store import Tell, remove_folder, store
from platform_core.fleet.copies.archive import (
    DUMP,
    EXPLANATION,
    FILES,
    README,
    ROWS,
    ArchiveManifest,
    ArchiveWriter,
    ShopFacts,
    pieces_of,
)
from platform_core.fleet.copies.rows import as_of_one_moment, contents_of_shop, read_rows
from platform_core.fleet.copies.tables import shop_tables
from platform_core.tenancy.context import TenantInfo, tenant_context


def write_archive(shop: TenantInfo, sink: IO[bytes], *, beside: str, tell: Tell) -> ArchiveManifest:
    """Write the archive of `shop` into `sink`; rows and dump are of one moment, files a little later.

    `beside` is a folder in the storage of backups that the dump passes through, and that is empty afterwards. `tell`
    hears how many bytes were read. Errors: ClientProgramMissing, DumpFailed, psycopg.OperationalError.
    """
    with closing(ArchiveWriter(sink, tell=tell)) as writer:
        return _write(shop, writer, beside=beside, tell=tell)


def _write(shop: TenantInfo, writer: ArchiveWriter, *, beside: str, tell: Tell) -> ArchiveManifest:
    writer.add(README, [EXPLANATION.encode()])
    with as_of_one_moment(shop.server, shop.database_name) as (connection, snapshot):
        tables = shop_tables(connection)
        with _dumped(shop, snapshot, beside, tell) as dump:
            writer.add(DUMP, pieces_of(dump), is_packed=True)
        for table, columns in tables.items():
            writer.add(f"{ROWS}{table}.csv", read_rows(connection, table, columns))
        contents = contents_of_shop(connection, tables)
        version = connection.execute("SELECT max(name) FROM django_migrations WHERE app = 'tenant_shop'").fetchone()
        postgresql = connection.info.server_version // 10_000
    with tenant_context(shop):
        for name in file_names():
            try:
                file = default_storage.open(name)
            except FileNotFoundError:
                continue  # removed meanwhile
            with file:
                writer.add(f"{FILES}{name}", pieces_of(file), is_packed=True)
    manifest = ArchiveManifest(
        shop=ShopFacts(
            id=shop.id, slug=shop.slug, name=shop.name, currency=shop.currency, timezone=shop.timezone,
            country=shop.country, theme=dict(shop.theme),
        ),
        schema_version=str(version[0]) if version and version[0] else "",
        postgresql=postgresql,
        made_at=timezone.now(),
        columns=tables,
        tables=contents,
        files=dict(writer.files),
    )  # fmt: skip
    writer.finish(manifest)
    return manifest


@contextmanager
def _dumped(shop: TenantInfo, snapshot: str, beside: str, tell: Tell) -> Iterator[IO[bytes]]:
    try:
        dump = dump_as_of(snapshot, shop.server, shop.database_name, beside, tell=tell)
        with store().open(f"{beside}/{dump.name}") as file:
            yield file
    finally:
        remove_folder(beside)
