"""Pages of the organisation, one file per part: units, people, calendar, roles, and what a person sets for herself."""
