"""`python -m wacket` is the same as `wacket`."""

from wacket.cli import main

if __name__ == "__main__":
    main()
