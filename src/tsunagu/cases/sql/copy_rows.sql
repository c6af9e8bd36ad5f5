-- Takes rows in.
-- reads: what the program sends
-- writes: the table of this transaction
-- grain: that of the table
-- parameters: table, columns (names of our own)
COPY {table} ({columns}) FROM STDIN
