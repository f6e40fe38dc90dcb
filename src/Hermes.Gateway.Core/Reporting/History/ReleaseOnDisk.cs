namespace Hermes.Gateway.Core.Reporting.History;

/// <summary>A release of a service that is on disk.</summary>
/// <param name="Revision">Its revision: 16 lower-case hexadecimal digits.</param>
/// <param name="Folder">Its folder.</param>
/// <param name="Created">When it was made; null when its description cannot be read.</param>
/// <param name="SourceRevision">The revision of the source that it was built from, such as a commit; empty when the build knew none.</param>
/// <param name="Verified">When the service was last verified to run from it, after a change; null when that is not known. A rollback can only
/// bring back one that was.</param>
/// <param name="IsCurrent">Whether the service's definition points to it.</param>
public sealed record ReleaseOnDisk(
    string Revision, string Folder, DateTimeOffset? Created, string SourceRevision, DateTimeOffset? Verified, bool IsCurrent);
