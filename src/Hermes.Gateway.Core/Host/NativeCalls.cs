using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

// All native calls have arguments that the kernel understands as they are: then they are compiled with everything else, and
// not by the JIT in every build.
[assembly: DisableRuntimeMarshalling]
[assembly: DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
