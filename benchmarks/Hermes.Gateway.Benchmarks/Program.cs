using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Running;

// Everything that BenchmarkDotNet's command line knows: --filter '*', --job short, --list flat.
var results = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", "..", "bench", "pure"));
BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly)
    .Run(args, ManualConfig.Create(DefaultConfig.Instance).WithArtifactsPath(results));
