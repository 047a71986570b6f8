"""The sandbox's own pages and controls, all under /sandbox/."""
