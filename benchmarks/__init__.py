"""Figures, each as a ratio to a peer or to the physical limit, measured in the same run.

make bench                       all of them
python -m benchmarks startup     one
python -m benchmarks --units 1000000 impact
"""
