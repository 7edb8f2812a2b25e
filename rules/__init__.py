"""The domain, pure: decisions, clocks, calendars, ladders, authority, explanations. No clock, no disk, no network."""
