"""Stand-ins for the outside world that ship with TrueBooks; nothing here imports the product."""
