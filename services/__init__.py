"""Use cases: gather what is needed, let core decide, apply. No Flask in here."""
