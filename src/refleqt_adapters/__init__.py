"""The adapters: one folder a port, one file a technology, wired in `container`."""
