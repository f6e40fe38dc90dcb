using System.Xml.Linq;

namespace Hermes.Gateway.Core.ServiceManagers.Launchd;

/// <summary>An entry of a <c>dict</c>, with the comments above it.</summary>
/// <param name="Comments">The comments, top down.</param>
/// <param name="Key">Its <c>key</c> element.</param>
/// <param name="Value">Its value.</param>
internal sealed record PlistEntry(IReadOnlyList<XComment> Comments, XElement Key, XElement Value)
{
    /// <summary>Adds a copy to another <c>dict</c>.</summary>
    public void AddTo(XElement dict) => dict.Add(Comments, Key, Value);
}
