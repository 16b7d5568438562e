"""Draining the outbox into the log: one sequencer, group commit, then receipts.

The order is the whole safety argument:

1. read what is pending, oldest first;
2. append it to the log: after this line it is in the log, whatever happens to us;
3. store index and checkpoint beside each entry: only now does a receipt exist.

A crash between 2 and 3 loses no entry: the next drain finds the record ids in the log and
stores what the log says.
"""
