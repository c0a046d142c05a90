"""Customer-service centres, their classes, seasons and enrolments."""
