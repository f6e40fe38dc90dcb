// All tests share one manager, and a daemon-reload of one test would be seen by another.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
