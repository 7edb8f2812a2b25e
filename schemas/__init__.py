"""Every message that crosses a process, or rests in a history or a table: frozen models, validation only."""
