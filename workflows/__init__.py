"""Durable orchestration: reads facts, asks the rules, calls ports; owns no rule of its own."""
