"""Rows laid out for the database to join are there for a while only."""

from contextlib import AbstractContextManager

import pytest
from django.db import connection, transaction

from longmark.core.errors import Invalid
from longmark.findings.models import Evidence
from longmark.foundation.bulk import temporary_rows

pytestmark = pytest.mark.django_db


def laid_out() -> AbstractContextManager[None]:
    columns = {field.attname: field for field in Evidence._meta.concrete_fields}
    return temporary_rows("laid_out", columns, [(7, "ab", {"a": [1]}), (8, "cd", {})])


def counted() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT COUNT(*) FROM laid_out WHERE digest = 'ab' AND id = 7")
        (count,) = cursor.fetchone()
        return int(count)


def test_temporary_rows_are_gone_afterwards() -> None:
    for _ in range(2):
        with laid_out():
            assert counted() == 1

    assert "laid_out" not in connection.introspection.table_names(include_views=True)


def test_temporary_rows_do_not_outlive_a_failure() -> None:
    with pytest.raises(Invalid), transaction.atomic(), laid_out():
        raise Invalid("cut off")

    with laid_out():
        assert counted() == 1
