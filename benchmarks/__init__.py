"""What the project claims about speed, each measured beside a peer or a limit in the same run."""
