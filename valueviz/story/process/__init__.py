"""What a process page says: one module a topic, from a study of a process to blocks and sections."""
