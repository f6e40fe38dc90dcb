using Xunit.Sdk;
using Xunit.v3;

// All tests change the same machine.
[assembly: Parallelization(Mode = ParallelMode.None)]
