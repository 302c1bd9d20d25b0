"""For the tests of those who write rules or engines: drawn rule sets, the conformance suite, relations, engines side by side."""
