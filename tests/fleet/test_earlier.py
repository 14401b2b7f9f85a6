"""Units that a list made earlier are known again, and no others."""

from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from longmark.fleet.services.earlier import EarlierUnits

units = st.builds(UUID, int=st.integers(min_value=0, max_value=2**128 - 1))


@given(st.lists(units, max_size=30), st.lists(units, max_size=30), st.data())
def test_what_was_added_is_found_and_nothing_else(
    made: list[UUID], others: list[UUID], data: st.DataObject
):
    asked = data.draw(st.permutations([*made, *others]))
    with EarlierUnits() as earlier:
        earlier.add(made)

        found = earlier.among(asked)

    halves = {unit.int >> 64 for unit in made}
    assert set(made) <= found
    assert all(unit.int >> 64 in halves for unit in found)
