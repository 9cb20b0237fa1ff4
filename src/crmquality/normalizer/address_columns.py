"""The column form of addresses: in the United States the usual American form, everywhere else the usual Chinese one."""

from __future__ import annotations

import polars as pl

from crmquality.normalizer.addresses_cn_usual import han_column
from crmquality.normalizer.addresses_latin_usual import latin_column


def normalize_address_column(values: pl.Series, *, region: str | None) -> pl.DataFrame:
    """What `addresses.normalize_address` says of a column, where its cells are of a usual form.

    Args:
        values: distinct cells, none missing.
        region: where addresses stand unless they say otherwise, ISO 3166 alpha-2.

    Returns:
        One row for each value: `known`, whether it is answered; `value`, the parts, and `issues`.

    >>> normalize_address_column(pl.Series(["杭州市西湖区文三路90号"]), region="CN")["street_key"].to_list()
    ['文三路90']
    """
    if region == "US":
        told = latin_column(values)
        if told["known"].any() or not values.str.contains("[\u4e00-\u9fff]").any():
            return told
    return han_column(values, region=region)
