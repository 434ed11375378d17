"""YAML to typed policies; message, findings and gaps to rule hits, with the reason for every hit and every miss."""
