"""Files people bring: ledgers as CSV or XLSX, directories as YAML. Every way of being unreadable has its own answer."""
