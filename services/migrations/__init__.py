"""The steps from one schema to the next, run in order by services/database.py."""
