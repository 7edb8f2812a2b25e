"""What each act of a person does: one function an act, from a question to events or a refusal."""
