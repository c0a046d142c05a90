"""Dashboards, exports, what participants see."""
