using Xunit.v3;

// One for each collection, also on two cores: a test waits most of its time for processes.
[assembly: Parallelization(MaxThreads = 3)]
