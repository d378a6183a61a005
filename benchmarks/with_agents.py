"""`python -m benchmarks.with_agents [--quick] [ROW …]`: agents and commands, one row of the table after the other."""

import sys

from benchmarks import agent_rows
from benchmarks.ours import main

if __name__ == "__main__":
    sys.exit(main(agent_rows, "agents", __doc__))
