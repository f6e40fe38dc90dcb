namespace Launchd.Simulator.Tests.Replay;

/// <summary>How a line of a transcript is meant.</summary>
public enum LineKind
{
    /// <summary>Here, exactly once.</summary>
    Exact,

    /// <summary>Here or not at all.</summary>
    Optional,

    /// <summary>Somewhere in this stream.</summary>
    Anywhere,

    /// <summary>No line of this stream contains it.</summary>
    Absent,

    /// <summary>Any number of any lines.</summary>
    AnyLines,
}

/// <summary>One line of an expected stream.</summary>
public sealed record ExpectedLine(LineKind Kind, string Text)
{
    /// <summary>The character after <c>|</c> or <c>!</c>.</summary>
    public string Mark => Kind switch
    {
        LineKind.Optional => "?",
        LineKind.Anywhere => "+",
        LineKind.Absent => "-",
        _ => "",
    };

    /// <summary>The regular expression for this line and its end, at its place in the stream.</summary>
    public string ToPattern(Func<string, string> fill) => Kind switch
    {
        LineKind.Exact => LinePattern.Of(fill(Text)) + @"\n",
        LineKind.Optional => $@"(?:{LinePattern.Of(fill(Text))}\n)?",
        LineKind.AnyLines or LineKind.Anywhere => @"(?:[^\n]*\n)*?",
        _ => "",
    };
}
