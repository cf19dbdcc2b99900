"""From a document to pictures and bytes; renderers place, they cannot compute."""
