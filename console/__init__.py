"""The web console: links of letters are answered here, and receipts of letters come in. Acts only through the engine."""
