// Most of a test's time is waiting for other processes.
[assembly: CollectionBehavior(MaxParallelThreads = 4)]
