"""What only the demo and the tests use; production code never imports it."""
