"""What a data holder's deliveries look like on one day: in time, complete, of the usual size and make-up.

Everything is worked out anew from the landing zone for any day, from what was known by then, and kept nowhere.
"""
