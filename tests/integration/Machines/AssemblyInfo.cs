using Xunit.Sdk;
using Xunit.v3;

// One machine, one test at a time: they change it.
[assembly: Parallelization(Mode = ParallelMode.None)]
