"""A quality report as plain data, as the API answers and the command prints it with --json."""

from collections.abc import Mapping
from itertools import islice

from longmark.core.formats.sboms.quality.report import (
    FORMULA,
    Lack,
    ProfileReport,
    QualityReport,
    RuleReport,
    lacks,
)

Plain = Mapping[str, object]


def plain(report: QualityReport, *, lack_limit: int = 20) -> Plain:
    """Return a report as plain data, with the first ``lack_limit`` lacks of each rule."""
    return {
        "data_version": report.data_version,
        "subject": report.subject,
        "format": report.format,
        "spec_version": report.spec_version,
        "encoding": report.encoding,
        "tool": report.tool,
        "component_count": len(report.components),
        "formula": FORMULA,
        "profiles": [_profile(report, each, lack_limit) for each in report.profiles],
    }


def summary(report: QualityReport) -> list[Plain]:
    """Return what a list of documents shows of a report: a line for each profile."""
    return [_heading(each) for each in report.profiles]


def plain_lack(lack: Lack) -> Plain:
    """Return one lack as plain data."""
    return {
        "path": lack.path,
        "name": lack.name,
        "version": lack.version,
        "state": lack.state.value,
    }


def _heading(profile: ProfileReport) -> dict[str, object]:
    return {
        "id": profile.id,
        "title": profile.title,
        "score": profile.score,
        "passes": profile.passes,
        "must_count": profile.must_count,
        "must_met_count": profile.must_met_count,
    }


def _profile(report: QualityReport, profile: ProfileReport, lack_limit: int) -> Plain:
    return {
        **_heading(profile),
        "source": profile.source,
        "version": profile.version,
        "standing": profile.standing,
        "rules": [_rule(report, each, lack_limit) for each in profile.rules],
    }


def _rule(report: QualityReport, rule: RuleReport, lack_limit: int) -> Plain:
    return {
        "id": rule.id,
        "title": rule.title,
        "level": rule.level.value,
        "on": rule.on.value,
        "section": rule.section,
        "is_judged": rule.is_judged,
        "is_open": rule.is_open,
        "missing": rule.missing,
        "member": rule.member,
        "example": rule.example,
        "moves_to": rule.moves_to,
        "owed_count": rule.owed_count,
        "met_count": rule.met_count,
        "stated_count": rule.stated_count,
        "unknown_count": rule.unknown_count,
        "withheld_count": rule.withheld_count,
        "lack_count": rule.lack_count,
        "lacks": [plain_lack(each) for each in islice(lacks(report, rule), lack_limit)],
    }
