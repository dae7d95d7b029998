"""Every module with tables, so that the metadata is whole; named, not imported, since they lie in all layers."""

import importlib

from sqlalchemy import MetaData

from storefront.core.db import Model

MODULES = (
    "storefront.core.changes",
    "storefront.core.outbox",
    "storefront.core.places",
    "storefront.domain.accounts.models",
    "storefront.domain.dealers.models",
    "storefront.domain.dealers.joining",
    "storefront.domain.dealers.rates",
    "storefront.domain.stores.models",
    "storefront.domain.vehicles.models",
    "storefront.domain.buyers.models",
    "storefront.domain.listings.models",
    "storefront.domain.listings.import_runs",
    "storefront.domain.listings.moderation",
    "storefront.domain.valuation.models",
    "storefront.domain.leads.models",
    "storefront.notices.models",
    "builder.models",
)


def whole_metadata() -> MetaData:
    """Load all tables and give their metadata."""
    for name in MODULES:
        importlib.import_module(name)
    return Model.metadata
