using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Running;

// Everything that BenchmarkDotNet's command line knows: --filter '*', --job short, --list flat.
var results = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", "..", "bench", "pure"));
var summaries = BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly)
    .Run(args, ManualConfig.Create(DefaultConfig.Instance).WithArtifactsPath(results));
// It tells of a benchmark that threw in its log only.
return summaries.All(summary => !summary.HasCriticalValidationErrors && summary.Reports.All(report => report.Success)) ? 0 : 1;
