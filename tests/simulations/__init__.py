"""Long simulations, each with its seeds: ``bin/simulate NAME``; a few seeds of each are among the tests."""
