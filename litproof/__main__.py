"""``python -m litproof`` is the command line."""

from litproof.cli import main

if __name__ == "__main__":
    main()
