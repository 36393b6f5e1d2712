"""Install jobs: sources, downloads, the one installer, and what survives a restart."""
