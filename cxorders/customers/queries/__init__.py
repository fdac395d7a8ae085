"""Reads of customers."""

from cxorders.customers.queries.account import Account, Twin, account_of, twins_of
from cxorders.customers.queries.finding import (
    all_keys,
    customer_by_number,
    digits_of,
    find,
    keys_by_phone,
    matching,
    page_of,
    same_customer,
)

__all__ = [
    "Account",
    "Twin",
    "account_of",
    "all_keys",
    "customer_by_number",
    "digits_of",
    "find",
    "keys_by_phone",
    "matching",
    "page_of",
    "same_customer",
    "twins_of",
]
