"""How a refusal of the business comes back in the form it is about."""

from django import forms

from cxorders.kit.errors import BusinessError


def complain(form: forms.Form, error: BusinessError) -> None:
    """Put an error of the business beside its field, or above the form. 403 and 404 are no matter of a form: raised."""
    if error.status in (403, 404):
        raise error
    form.add_error(error.field if error.field in form.fields else None, str(error))
