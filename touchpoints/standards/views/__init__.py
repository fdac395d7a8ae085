"""Pages of the standards (`pages`), and the steps of a company's own values (`steps`)."""
