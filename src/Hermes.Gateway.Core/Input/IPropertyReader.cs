namespace Hermes.Gateway.Core.Input;

/// <summary>Reads the properties of one service that only one manager knows. Every name is without the prefix
/// <c>HermesGateway</c>; problems are collected, and a problem's value is replaced by a default.</summary>
internal interface IPropertyReader
{
    /// <summary>Returns the text of a property; empty when it is not set.</summary>
    string Text(string property);

    /// <summary>Returns the one of <paramref name="words"/> that the property has; the first when it is not set.</summary>
    string Word(string property, params string[] words);

    /// <summary>Returns a normalized absolute path; null when the property is not set.</summary>
    string? Path(string property);

    /// <summary>Reports a problem of a property.</summary>
    void Add(DiagnosticDescriptor descriptor, string property, string message, string advice);
}
