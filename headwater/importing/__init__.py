"""Reading data files of other programs as a stream of Arrow batches, in bounded memory."""
