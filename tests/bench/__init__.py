"""What a project costs, measured beside a floor on the same server in the same run."""
