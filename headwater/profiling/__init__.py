"""What a column holds, computed in one or two streaming passes with bounded memory."""
