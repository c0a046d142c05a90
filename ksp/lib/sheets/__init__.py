"""Lists that people send as spreadsheets: read without trust, checked column by column, written inert."""
