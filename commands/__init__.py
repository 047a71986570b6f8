"""The command line: what pages offer, for schedules and scripts. One file a noun, like the blueprints."""
