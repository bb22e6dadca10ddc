"""`python -m heliograph` is `helio`."""

from heliograph.cli import main

if __name__ == "__main__":
    main()
