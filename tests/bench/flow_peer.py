"""OR-Tools' flow solver on a DIMACS min-cost flow file: reads it once, then solves it for every line on standard input
and answers objective, seconds to build the model and seconds to solve it."""

import sys
import time

import numpy as np
from ortools.graph.python import min_cost_flow

nodes, supplies, arcs = 0, None, []
with open(sys.argv[1], encoding="ascii") as file:
    for line in file:
        word, *rest = line.split()
        if word == "p":
            nodes = int(rest[1])
            supplies = np.zeros(nodes, dtype=np.int64)
        elif word == "n":
            supplies[int(rest[0]) - 1] = int(rest[1])
        elif word == "a":
            arcs.append([int(value) for value in rest])
arcs = np.array(arcs, dtype=np.int64)
assert not arcs[:, 2].any(), "lower bounds are not compared"
print("ready", flush=True)

for _ in sys.stdin:
    began = time.perf_counter()
    solver = min_cost_flow.SimpleMinCostFlow()
    solver.add_arcs_with_capacity_and_unit_cost(arcs[:, 0] - 1, arcs[:, 1] - 1, arcs[:, 3], arcs[:, 4])
    solver.set_nodes_supplies(np.arange(nodes), supplies)
    built = time.perf_counter()
    status = solver.solve()
    solved = time.perf_counter()
    assert status == solver.OPTIMAL, status
    print(solver.optimal_cost(), built - began, solved - built, flush=True)
