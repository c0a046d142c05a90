"""What dashboards show, read in few queries and handed over as dataclasses."""
