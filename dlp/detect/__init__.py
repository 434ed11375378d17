"""Text to findings: facts with a span, no judgement."""
