"""What the kernel API answers with: the wire models, shown well in a terminal and in a notebook."""
