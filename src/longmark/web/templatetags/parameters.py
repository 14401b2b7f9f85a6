"""How values of parameters are written: with their unit, their label, and secrets unseen."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from longmark.core.parameters.definitions import Definition
from longmark.core.parameters.secrets import is_digest

register = template.Library()

DIGITS_SHOWN = slice(7, 15)


@register.simple_tag
def parameter_value(value: str | None, definition: Definition | None = None) -> SafeString:
    """Write a value as a reader takes it in."""
    if value is None:
        return format_html('<span class="quiet">{}</span>', _("not there"))
    if is_digest(value):
        said, digits = _("secret"), value[DIGITS_SHOWN]
        return format_html(
            '<span class="soft">{}</span> <code class="small">{}…</code>', said, digits
        )
    if not value:
        return format_html('<span class="quiet">{}</span>', _("empty"))
    if definition is None:
        return format_html('<code class="wrap">{}</code>', value)
    label = definition.labels.get(value)
    if label and label != value:
        return format_html('{} <code class="small">{}</code>', label, value)
    if definition.measured_in:
        return format_html('<code class="wrap">{}</code> {}', value, definition.measured_in)
    return format_html('<code class="wrap">{}</code>', value)


@register.filter
def parameter_range(definition: Definition) -> str:
    """Return what values a parameter may have, in words."""
    if definition.options:
        said = (code if code == label else f"{code} {label}" for code, label in definition.options)
        return ", ".join(said)
    low, high = definition.minimum, definition.maximum
    if low and high:
        return _("%(low)s to %(high)s") % {"low": low, "high": high}
    if low:
        return _("from %(low)s") % {"low": low}
    return _("up to %(high)s") % {"high": high} if high else ""
