"""CVSS scores: examples of the specifications, then laws."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from longmark.core.formats import cvss
from longmark.core.formats.cvss import CvssInvalid, Rating
from longmark.core.formats.cvss.vectors import V3_BASE, V4_BASE


@pytest.mark.parametrize(
    ("vector", "score"),
    [
        ("AV:N/AC:L/Au:N/C:N/I:N/A:C", 7.8),  # guide to v2, section 3.3.1
        ("AV:N/AC:L/Au:N/C:N/I:N/A:C/E:F/RL:OF/RC:C", 6.4),
        ("AV:N/AC:L/Au:N/C:N/I:N/A:C/E:F/RL:OF/RC:C/CDP:H/TD:H/CR:M/IR:M/AR:H", 9.2),
        ("AV:N/AC:L/Au:N/C:C/I:C/A:C", 10.0),  # section 3.3.2
        ("AV:L/AC:H/Au:N/C:C/I:C/A:C", 6.2),  # section 3.3.3
        ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:N", 0.0),
        ("CVSS:3.1/AV:N/AC:L/PR:N/UI:R/S:C/C:L/I:L/A:N", 6.1),  # v3.1 examples, 1
        ("CVSS:3.0/AV:N/AC:L/PR:L/UI:N/S:U/C:L/I:L/A:L/RL:O", 6.0),
        ("CVSS:3.1/AV:P/AC:H/PR:L/UI:R/S:U/C:L/I:H/A:H/E:H/RL:U/RC:U", 5.4),
        ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/MAV:P", 6.8),
        ("CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:H/SI:H/SA:H", 10.0),
        ("CVSS:4.0/AV:L/AC:L/AT:P/PR:L/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N", 7.3),
        ("CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:N/VA:N/SC:N/SI:N/SA:N/E:P", 7.7),
        ("CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:N/VI:N/VA:N/SC:N/SI:N/SA:N", 0.0),
    ],
)
def test_worked_examples(vector, score):
    assert cvss.score(vector) == score


def test_base_score_leaves_out_what_is_not_base():
    vector = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"

    assert cvss.base_score(f"{vector}/E:U") == cvss.score(vector) == 9.8
    assert cvss.score(f"{vector}/E:U") < 9.8


@pytest.mark.parametrize(
    "vector",
    [
        "",
        "CVSS:5.0/AV:N",
        "CVSS:3.1/AV:N",
        "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/A:H",
        "CVSS:3.1/AV:Q/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",
        "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/",
        "AV:N/AC:L/Au:N/C:P/I:P",
        "9.8",
        "A" * 10_000,
    ],
)
def test_what_is_no_vector_is_refused(vector):
    with pytest.raises(CvssInvalid):
        cvss.score(vector)


def vectors(prefix: str, metrics: dict[str, str]) -> st.SearchStrategy[dict[str, str]]:
    return st.fixed_dictionaries(
        {name: st.sampled_from(values) for name, values in metrics.items()}
    )


def written(prefix: str, metrics: dict[str, str]) -> str:
    return "/".join([prefix, *(f"{name}:{value}" for name, value in metrics.items())])


@given(vectors("CVSS:4.0", V4_BASE), st.sampled_from(["VC", "VI", "VA", "SC", "SI", "SA"]))
def test_more_loss_never_lowers_the_score(metrics, raised):
    higher = metrics | {raised: {"N": "L", "L": "H", "H": "H"}[metrics[raised]]}

    low, high = cvss.score(written("CVSS:4.0", metrics)), cvss.score(written("CVSS:4.0", higher))
    assert 0 <= low <= high <= 10


@given(vectors("CVSS:3.1", V3_BASE))
def test_scores_have_one_decimal_and_stay_on_the_scale(metrics):
    for prefix in ("CVSS:3.0", "CVSS:3.1"):
        score = cvss.score(written(prefix, metrics))
        assert 0 <= score <= 10
        assert round(score, 1) == score


def test_ratings_follow_the_bands_of_their_version():
    assert [cvss.rating(one) for one in (0.0, 0.1, 4.0, 7.0, 9.0)] == list(Rating)
    assert cvss.rating(10.0, "2.0") is Rating.HIGH
