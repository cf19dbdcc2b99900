"""Pure statistics on frozen series; it knows no file, no database, no language."""
