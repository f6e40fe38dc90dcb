using System.Xml.Linq;
using Hermes.Gateway.Core.Definitions;

namespace Hermes.Gateway.Core.ServiceManagers.Launchd;

/// <summary>Keys that a new definition gets and that are the operator's from then on: launchd has no drop-ins, so the
/// file itself is where an operator says otherwise.</summary>
internal static class LaunchdDefaults
{
    private const string SessionType = "LimitLoadToSessionType";

    /// <summary>The defaults, in the order in which they are written.</summary>
    public static IEnumerable<(string Key, XElement Value)> All =>
    [
        // launchd's own values, written down so that there is something to change.
        ("ThrottleInterval", PlistXml.Integer(10)),
        ("ExitTimeOut", PlistXml.Integer(20)),
        // With Background it can be loaded without a graphical login too.
        (SessionType, PlistXml.Array([PlistXml.String("Aqua"), PlistXml.String("Background")])),
    ];

    /// <summary>True for a key of the list.</summary>
    public static bool Has(string key) => All.Any(entry => entry.Key == key);

    /// <summary>True when an entry says what we would have written.</summary>
    public static bool IsUnchanged(string key, XElement value) =>
        All.Any(entry => entry.Key == key && XNode.DeepEquals(entry.Value, value));

    /// <summary>Whether the key is written for a scope: session types are a matter of agents.</summary>
    public static bool AppliesTo(string key, ServiceScope scope) => key != SessionType || scope == ServiceScope.User;
}
