"""What a mail is: pure functions from values to bytes and from bytes to bytes; no store, no call,
no network.
"""
