"""The web console: answers links of letters, and takes receipts of letters. It acts only through the engine."""
