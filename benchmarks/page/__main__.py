"""`python -m benchmarks.page [--quick] [ROW …]`: the page in a real browser, one row of the table after the other."""

import sys

from benchmarks.ours import main
from benchmarks.page import rows

if __name__ == "__main__":
    sys.exit(main(rows, "page", __doc__))
