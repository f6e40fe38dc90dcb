using Xunit.v3;

// Most of a test's time is waiting for other processes.
[assembly: Parallelization(MaxThreads = 4)]
