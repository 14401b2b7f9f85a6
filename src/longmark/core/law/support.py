"""Support period of a product: CRA Article 13(8) and (9).

During the support period vulnerabilities are handled. It reflects how long the product
is expected to be in use and is at least five years, unless the product is expected to be
in use for less; then it is that time. Each security update stays available for ten years
after it was issued, or for the rest of the support period, whichever is longer.
"""

from datetime import date

from longmark.core.errors import Invalid

MINIMUM_YEARS = 5  # Article 13(8), third subparagraph
UPDATE_AVAILABLE_YEARS = 10  # Article 13(9)
CITATION = "CRA Article 13(8)"


def support_ends_on(starts_on: date, years: int, *, expected_use_years: int) -> date:
    """Return the last day of a support period of ``years`` that begins on ``starts_on``.

    >>> support_ends_on(date(2024, 2, 14), 7, expected_use_years=15)
    datetime.date(2031, 2, 14)

    Raises:
        Invalid: the period is shorter than the law allows for the expected time of use.
    """
    least = min(MINIMUM_YEARS, expected_use_years)
    if years < least:
        raise Invalid(
            "The support period must be at least {least} years, since the product is expected to"
            " be in use for {use} ({citation}).",
            field="years",
            least=least,
            use=expected_use_years,
            citation=CITATION,
        )
    return _years_later(starts_on, years)


def update_available_until(issued_on: date, support_ends_on: date) -> date:
    """Return the day until which a security update must stay available: Article 13(9).

    >>> update_available_until(date(2030, 1, 1), date(2031, 2, 14))
    datetime.date(2040, 1, 1)
    """
    return max(_years_later(issued_on, UPDATE_AVAILABLE_YEARS), support_ends_on)


def _years_later(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:  # 29 February; the period is not cut short by a day
        return date(day.year + years, 3, 1)
