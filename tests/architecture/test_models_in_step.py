"""What Django believes of the models is what the index, the database and its rules say."""

import importlib
import pkgutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.db import models

from tests.architecture.built import built
from tests.architecture.catalogue import Catalogue
from tests.databases import PLATFORM, TEMPLATE, owner

APPS = ("platform_core", "tenant_shop")
RULES = {models.CASCADE: "c", models.SET_NULL: "n", models.PROTECT: "a", models.RESTRICT: "a", models.DO_NOTHING: "a"}
FOREIGN_KEYS = """
    SELECT con.conrelid::regclass::text, a.attname, con.confdeltype::text
    FROM pg_constraint con
    JOIN pg_attribute a ON a.attrelid = con.conrelid AND a.attnum = con.conkey[1]
    WHERE con.contype = 'f' AND con.connamespace = 'public'::regnamespace
"""


def models_in_rooms(app: str) -> Iterator[type[models.Model]]:
    """Every concrete model defined in a module of the app, found by walking its folders."""
    package = importlib.import_module(app)
    for module in pkgutil.walk_packages([str(Path(str(package.__file__)).parent)], f"{app}."):
        if ".migrations" in module.name or ".management." in module.name:
            continue
        for value in vars(importlib.import_module(module.name)).values():
            ours = isinstance(value, type) and value.__module__.startswith(f"{app}.")
            if ours and issubclass(value, models.Model) and not value._meta.abstract:
                yield value


def catalogue_of(app: str) -> Catalogue:
    return built("platform" if app == "platform_core" else "shop")


@pytest.mark.parametrize("app", APPS)
def test_every_model_of_a_room_is_in_the_apps_index(app: str) -> None:
    index = importlib.import_module(f"{app}.models")
    rooms = {model.__name__ for model in models_in_rooms(app)}
    exported = set(getattr(index, "__all__", ()))

    assert rooms - exported == set()
    assert exported - rooms == set()
    assert {model.__name__ for model in apps.get_app_config(app).get_models()} == rooms


@pytest.mark.usefixtures("worker_databases")
@pytest.mark.parametrize("app", APPS)
def test_the_database_has_the_columns_that_the_models_name(app: str) -> None:
    for model in apps.get_app_config(app).get_models():
        fields = {field.column: field for field in model._meta.local_concrete_fields}
        columns = catalogue_of(app).tables[model._meta.db_table]

        assert set(columns) == set(fields), model
        for name, field in fields.items():
            assert columns[name].nullable == field.null, f"{model._meta.db_table}.{name}"


@pytest.mark.usefixtures("worker_databases")
@pytest.mark.parametrize("app", APPS)
def test_on_delete_means_the_same_to_django_and_to_the_database(app: str) -> None:
    with owner(PLATFORM if app == "platform_core" else TEMPLATE) as connection:
        in_database = {(table, column): rule for table, column, rule in connection.execute(FOREIGN_KEYS)}
    in_django = {
        (model._meta.db_table, field.column): RULES[field.remote_field.on_delete]
        for model in apps.get_app_config(app).get_models()
        for field in model._meta.local_fields
        if isinstance(field, models.ForeignKey) and field.db_constraint
    }

    assert {key: in_database.get(key) for key in in_django} == in_django


@pytest.mark.usefixtures("worker_databases")
@pytest.mark.parametrize("app", APPS)
def test_every_table_with_updated_at_has_its_trigger(app: str) -> None:
    found = catalogue_of(app)

    without = {
        table
        for table, columns in found.tables.items()
        if "updated_at" in columns and (table, f"trigger update_{table}_updated_at") not in found.facts
    }

    assert without == set()
