"""Measurements beside public tools: bin/bench. No tests; packages of its own in requirements.txt."""
