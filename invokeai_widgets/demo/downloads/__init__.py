"""Downloads of files: real ones over HTTP, and those of the invented hub, which run on the demo's clock."""
