"""Second copies, receipts and year's statements: what is asked for, which, where to, and sending it."""
