// One machine, one test at a time: they change it.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
