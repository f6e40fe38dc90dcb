using Xunit.Sdk;
using Xunit.v3;

// All tests share one manager, and a daemon-reload of one test would be seen by another.
[assembly: Parallelization(Mode = ParallelMode.None)]
