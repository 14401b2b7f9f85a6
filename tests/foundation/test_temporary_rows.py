"""Rows laid out for the database to join are there for a while only."""

from contextlib import AbstractContextManager

import pytest
from django.db import IntegrityError, connection, transaction

from longmark.core.errors import Invalid
from longmark.findings.models import Evidence
from longmark.foundation.bulk import Beside, temporary_rows

pytestmark = pytest.mark.django_db

COPY = """
INSERT INTO findings_evidence (digest, trail)
SELECT digest || '-' || CAST(%s AS text), trail FROM laid_out WHERE digest = 'ab'
"""


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


def test_a_statement_goes_on_beside_and_its_tables_go_with_it() -> None:
    with Beside() as beside:
        beside.start(COPY, [9], laid_out())
        beside.wait()
        beside.start(COPY, [10], laid_out())

    assert sorted(Evidence.objects.values_list("digest", flat=True)) == ["ab-10", "ab-9"]
    assert "laid_out" not in connection.introspection.table_names(include_views=True)


def test_what_a_statement_beside_comes_to_is_told_who_waits() -> None:
    with pytest.raises(IntegrityError), transaction.atomic(), Beside() as beside:
        beside.start(COPY, [9], laid_out())
        beside.start(COPY, [9], laid_out())

    assert not Evidence.objects.exists()


def test_a_failure_waits_for_the_statement_beside_it() -> None:
    with pytest.raises(Invalid), transaction.atomic(), Beside() as beside:
        beside.start(COPY, [9], laid_out())
        raise Invalid("cut off")

    assert not Evidence.objects.exists()
