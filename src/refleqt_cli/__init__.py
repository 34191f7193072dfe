"""The command line for operators: one file a command group."""
