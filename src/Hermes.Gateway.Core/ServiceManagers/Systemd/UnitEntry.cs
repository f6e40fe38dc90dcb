using System.Collections.Immutable;

namespace Hermes.Gateway.Core.ServiceManagers.Systemd;

/// <summary>One assignment in a unit file.</summary>
/// <param name="Section">Name of the section, without its brackets.</param>
/// <param name="Key">The key, case-sensitive.</param>
/// <param name="Value">The value after joining of continued lines, without blanks around it; quotes, escapes and
/// specifiers as they are written.</param>
internal sealed record UnitEntry(string Section, string Key, string Value)
{
    /// <summary>The comment lines as written, and empty lines as "", between the assignment before and this one.
    /// They are no part of equality: a comment never counts as drift.</summary>
    public ImmutableArray<string> Comments { get; init; } = [];

    /// <summary>True when section, key and value are the same.</summary>
    public bool Equals(UnitEntry? other) =>
        other is not null && (Section, Key, Value) == (other.Section, other.Key, other.Value);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Section, Key, Value);
}
