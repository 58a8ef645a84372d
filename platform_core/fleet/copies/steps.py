"""The steps of provisioning that are a copy's own: filled instead of seeded."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import transaction

from platform_core.accounts.models import TenantAccess
from platform_core.accounts.staff.seats import LIVE, lock_staff
from platform_core.fleet.backups.media import file_names
from platform_core.fleet.backups.store import CHUNK, Tell
from platform_core.fleet.copies.archive import FILES
from platform_core.fleet.copies.errors import ArchiveUnusable, SchemaDiffers
from platform_core.fleet.copies.older import bring_up, give_schema
from platform_core.fleet.copies.read import opened_archive
from platform_core.fleet.copies.rows import as_of_one_moment, contents_of_shop, fill_with, read_rows
from platform_core.fleet.copies.tables import shop_tables
from platform_core.fleet.errors import VerificationFailed
from platform_core.fleet.provision.site import Site
from platform_core.tenancy import directory
from platform_core.tenancy.commands import first_line
from platform_core.tenancy.context import TenantInfo, tenant_context
from platform_core.tenancy.hooks import shop_hooks


def schema_of_archive(site: Site) -> None:
    """The schema that the archive's rows are of. Errors: ArchiveUnusable."""
    with _archive_of(site) as archive:
        give_schema(site, archive.manifest.schema_version)


def fill_from_archive(site: Site) -> None:
    """All rows of the archive, or none. Errors: ArchiveUnusable, RowsDiffer."""
    with _archive_of(site) as archive:
        version, tables = archive.manifest.schema_version, archive.manifest.columns
        try:
            fill_with(
                site.tenant.server, site.tenant.database_name, tables, archive.rows,
                expected=archive.manifest.tables, changes=() if _is_older(version) else _changes(site),
                tell=site.tell,
            )  # fmt: skip
        except SchemaDiffers as error:
            raise ArchiveUnusable(f"its tables are not those of {version} ({error.difference})") from error
        except (psycopg.DataError, psycopg.IntegrityError) as error:
            raise ArchiveUnusable(f"its rows cannot be a shop's ({first_line(error)})") from error


def bring_up_to_date(site: Site) -> None:
    """This release's schema, and what must be otherwise in a copy, where the archive is of an earlier one.

    Errors: whatever a migration raises; the run can be carried on.
    """
    with _archive_of(site) as archive:
        is_older = _is_older(archive.manifest.schema_version)
    if is_older:
        bring_up(site, _changes(site))


def _is_older(version: str) -> bool:
    return version != shop_hooks.schema_version


def files_from_archive(site: Site) -> None:
    """The shop's files; what a killed attempt left of one is written anew. Errors: ArchiveUnusable."""
    with _archive_of(site) as archive, tenant_context(site.tenant):
        for name in archive.file_names:
            inside = f"{FILES}{name}"
            _write(name, partial(archive.pieces, inside), archive.manifest.files[inside].size, site.tell)


def fill_from_shop(site: Site) -> None:
    """The rows of the shop that the sandbox is of, as of one moment, while it sells on."""
    source = _source_of(site)
    with as_of_one_moment(source.server, source.database_name) as (connection, _):
        tables = shop_tables(connection)
        fill_with(
            site.tenant.server,
            site.tenant.database_name,
            tables,
            lambda table, columns: read_rows(connection, table, columns),
            expected=contents_of_shop(connection, tables),
            changes=_changes(site),
            tell=site.tell,
        )


def files_from_shop(site: Site) -> None:
    """The files of the shop that the sandbox is of; one that goes away meanwhile is left out, and so is what only
    staff may see, such as files that were imported."""
    source = _source_of(site)
    with tenant_context(source):
        names = [name for name in file_names() if not name.startswith(f"{shop_hooks.private_files}/")]
    for name in names:
        try:
            with tenant_context(source):
                size, file = default_storage.size(name), default_storage.open(name)
        except FileNotFoundError:
            continue
        with file, tenant_context(site.tenant):
            _write(name, partial(file.chunks, CHUNK), size, site.tell)


def _changes(site: Site) -> tuple[str, ...]:
    """What must be otherwise in a copy than in what was copied is the shop's own matter."""
    if shop_hooks.changes_of_copy is None:
        raise VerificationFailed(site.tenant.database_name, "no code is registered that makes a copy harmless")
    anonymise = bool(site.request["origin"].get("anonymise"))
    return shop_hooks.changes_of_copy(is_sandbox=site.tenant.is_sandbox, anonymise=anonymise)


def let_people_in(site: Site) -> None:
    """Whoever may enter the shop now may enter its sandbox: as what they are there, with the same exceptions, and no
    longer. Whoever is sent away from the shop later is sent away from here, too (`accounts.staff.change`).
    """
    source = UUID(site.request["origin"]["source"])
    with transaction.atomic():
        lock_staff(source)
        TenantAccess.objects.bulk_create(
            [
                TenantAccess(
                    platform_user_id=access.platform_user_id,
                    tenant_id=site.tenant.id,
                    role=access.role,
                    permissions=access.permissions,
                    expires_at=access.expires_at,
                )
                for access in TenantAccess.objects.filter(LIVE, tenant=source)
            ],
            ignore_conflicts=True,
        )


def _archive_of(site: Site) -> Any:
    origin = site.request["origin"]
    return opened_archive(Path(origin["path"]), sha256=origin["sha256"])


def _source_of(site: Site) -> TenantInfo:
    return directory.read_now(UUID(site.request["origin"]["source"]))


def _write(name: str, pieces: Callable[[], Any], size: int, tell: Tell) -> None:
    if default_storage.exists(name):
        if default_storage.size(name) == size:
            return
        default_storage.delete(name)
    default_storage.save(name, _Pieces(pieces, name, tell))


class _Pieces(File):  # type: ignore[type-arg]
    """A file that is written as it comes."""

    def __init__(self, pieces: Callable[[], Any], name: str, tell: Tell) -> None:
        super().__init__(None, name)
        self._pieces, self._tell = pieces, tell

    def chunks(self, chunk_size: int | None = None) -> Any:
        for piece in self._pieces():
            yield piece
            self._tell(len(piece))

    def __bool__(self) -> bool:
        return True
