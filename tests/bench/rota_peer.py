"""OR-Tools beside our rotas, told line by line on standard input.

`flow FILE`: reads a DIMACS min-cost flow file (kept while the same one is asked for again) and solves it; answers
objective, processor seconds to build the model, and to solve it.
`lp FILE`: reads a free MPS file and solves its linear relaxation; answers the objective, the
solver and seconds to solve it. Answers begin with "> "; what else solvers print is passed over."""

import sys
import time

import numpy as np
from ortools.graph.python import min_cost_flow
from ortools.linear_solver.python import model_builder


def read(path):
    nodes, supplies, arcs = 0, None, []
    with open(path, encoding="ascii") as file:
        for line in file:
            word, *rest = line.split()
            if word == "p":
                nodes = int(rest[1])
                supplies = np.zeros(nodes, dtype=np.int64)
            elif word == "n":
                supplies[int(rest[0]) - 1] = int(rest[1])
            elif word == "a":
                arcs.append([int(value) for value in rest])
    arcs = np.array(arcs, dtype=np.int64).reshape(-1, 5)
    assert not arcs[:, 2].any(), "lower bounds are not compared"
    return nodes, supplies, arcs


kept = (None, None)
print("> ready", flush=True)
for line in sys.stdin:
    what, path = line.split()
    if what == "flow":
        if kept[0] != path:
            kept = (path, read(path))
        nodes, supplies, arcs = kept[1]
        began = time.process_time()
        solver = min_cost_flow.SimpleMinCostFlow()
        solver.add_arcs_with_capacity_and_unit_cost(arcs[:, 0] - 1, arcs[:, 1] - 1, arcs[:, 3], arcs[:, 4])
        solver.set_nodes_supplies(np.arange(nodes), supplies)
        built = time.process_time()
        status = solver.solve()
        solved = time.process_time()
        assert status == solver.OPTIMAL, status
        print(">", solver.optimal_cost(), built - began, solved - built, flush=True)
    else:
        model = model_builder.Model()
        assert model.import_from_mps_file(path)
        for name in ("highs", "glop"):
            solver = model_builder.Solver(name)
            if solver.solver_is_supported():
                break
        began = time.process_time()
        status = solver.solve(model)
        assert status == model_builder.SolveStatus.OPTIMAL, status
        print(">", solver.objective_value, name, time.process_time() - began, flush=True)
