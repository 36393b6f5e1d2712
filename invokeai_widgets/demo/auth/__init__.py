"""Multi-user mode: accounts, tokens, and who may do what."""
