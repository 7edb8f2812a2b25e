"""Letters made ready to leave: texts from templates, the list as a spreadsheet. The same letter, the same bytes."""
