using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

// LibraryImport generates the marshalling of all native calls; the runtime's own is not used.
[assembly: DisableRuntimeMarshalling]
[assembly: DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
