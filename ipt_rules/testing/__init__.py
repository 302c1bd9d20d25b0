"""For the tests of those who write rules or engines: generated intakes and rule sets, and the conformance suite."""
