namespace Hermes.Gateway.Core.Processes;

/// <summary>Takes what a command writes while it runs: text in pieces, in order, one at a time, cut anywhere but within
/// a character of UTF-8.</summary>
/// <param name="piece">The next piece; only lent.</param>
internal delegate void OutputReceiver(ReadOnlySpan<char> piece);
