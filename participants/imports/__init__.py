"""Lists that are imported: compared with what is stored, previewed, written, taken back."""
