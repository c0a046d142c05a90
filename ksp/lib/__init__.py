"""Glue without models: components, forms, calendar, charts."""
