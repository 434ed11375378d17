"""`python -m dlp`."""

import sys

from dlp.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
