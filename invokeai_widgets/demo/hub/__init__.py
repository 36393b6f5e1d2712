"""Where repositories come from: the invented hub of the catalogue, or an address that answers like one."""
