"""The `dlp` command."""
