using System.Collections;
using Microsoft.Build.Framework;

namespace Hermes.Gateway.Tasks.Tests.Infra;

/// <summary>A build engine that keeps the events of a task.</summary>
internal sealed class RecordingEngine(string project) : IBuildEngine
{
    private readonly List<BuildEventArgs> _events = [];

    public List<BuildErrorEventArgs> Errors => Events<BuildErrorEventArgs>();

    public List<BuildWarningEventArgs> Warnings => Events<BuildWarningEventArgs>();

    public List<BuildMessageEventArgs> Messages => Events<BuildMessageEventArgs>();

    /// <summary>Everything that was said, as text.</summary>
    public string Text => string.Join("\n", Events<BuildEventArgs>().Select(one => one.Message));

    public bool ContinueOnError => false;

    public int LineNumberOfTaskNode => 1;

    public int ColumnNumberOfTaskNode => 1;

    public string ProjectFileOfTaskNode => project;

    public void LogErrorEvent(BuildErrorEventArgs e) => Add(e);

    public void LogWarningEvent(BuildWarningEventArgs e) => Add(e);

    public void LogMessageEvent(BuildMessageEventArgs e) => Add(e);

    public void LogCustomEvent(CustomBuildEventArgs e) => Add(e);

    public bool BuildProjectFile(string projectFileName, string[] targetNames, IDictionary globalProperties, IDictionary targetOutputs) =>
        throw new NotSupportedException("no task of ours builds a project");

    private void Add(BuildEventArgs one)
    {
        lock (_events) _events.Add(one);
    }

    private List<T> Events<T>()
    {
        lock (_events) return [.. _events.OfType<T>()];
    }
}
