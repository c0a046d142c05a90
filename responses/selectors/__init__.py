"""Reads that pages about reports need, as plain values."""
