using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace Hermes.Gateway.WholeOperations;

/// <summary>The project whose services are deployed, and all files around it, in a folder of this run's own.</summary>
internal sealed class Workspace
{
    /// <summary>The services that a project changes at once are these many at most.</summary>
    public const int MostChanged = 100;

    /// <summary>The two values of the argument that a repair changes; both make a program that does nothing for long.
    /// </summary>
    public static readonly ImmutableArray<string> Values = ["1000000", "1000001"];

    /// <summary>The services, just one, for which the first task of a build with two is.</summary>
    public const string First = "first";

    /// <summary>The rights of programs.</summary>
    public const UnixFileMode ForPrograms = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly Options _options;

    /// <summary>Writes all of it.</summary>
    public Workspace(Options options)
    {
        _options = options;
        Folder = Path.Combine(options.Scratch, "work");
        foreach (var name in new[] { "Directory.Build.props", "Directory.Build.targets", "Directory.Packages.props" })
            Write(name, "<Project />\n");
        Write("Directory.Build.rsp", "");
        // What the project needs is in the feed and in the SDK.
        Write("nuget.config", "<configuration><packageSources><clear /></packageSources></configuration>\n");
        Write("script.sh", Script, isProgram: true);
        Write("late.sh", Late, isProgram: true);
        Write("healthy.sh", Healthy, isProgram: true);
        Project = Write("Bench.csproj", ProjectText);
        foreach (var count in options.Counts) Write($"services-{count}.props", ServicesText(UnitsOf(count)));
        Write($"services-{First}.props", ServicesText([$"{Prefix}{First}.service"]));
        Write("services-late.props", $"""
            <Project>
              <ItemGroup>
                <HermesGatewayService Include="{Prefix}late" Program="$(MSBuildThisFileDirectory)late.sh" />
              </ItemGroup>
            </Project>

            """);
    }

    /// <summary>What the names of all services begin with.</summary>
    public string Prefix { get; } = $"hermes-bench-{System.Environment.ProcessId}-";

    /// <summary>The folder.</summary>
    public string Folder { get; }

    /// <summary>The project file.</summary>
    public string Project { get; }

    /// <summary>What every subject has in its environment, beside what a login gives.</summary>
    public ImmutableDictionary<string, string> Environment => ImmutableDictionary<string, string>.Empty
        .Add("DOTNET_CLI_TELEMETRY_OPTOUT", "1").Add("DOTNET_NOLOGO", "1").Add("DOTNET_CLI_USE_MSBUILD_SERVER", "0")
        .Add("MSBUILDDISABLENODEREUSE", "1").Add("LANG", "C.UTF-8")
        .Add("NUGET_PACKAGES", PathOf("packages")).Add("XDG_STATE_HOME", PathOf("state"))
        .Add("ANSIBLE_LOCALHOST_WARNING", "false").Add("ANSIBLE_HOME", PathOf("ansible")).Add("PM2_HOME", PathOf("pm2"))
        // MSBuild takes these for properties.
        .Add("RestoreAdditionalProjectSources", _options.Feed).Add("BenchPackageVersion", _options.Version);

    /// <summary>The folder in which the user's manager looks for units.</summary>
    public static string UnitFolder => Path.Combine(
        System.Environment.GetEnvironmentVariable("XDG_CONFIG_HOME") is { Length: > 0 } config
            ? config
            : Path.Combine(System.Environment.GetFolderPath(System.Environment.SpecialFolder.UserProfile), ".config"),
        "systemd",
        "user");

    /// <summary>The units of a number of services.</summary>
    public ImmutableArray<string> UnitsOf(int count) =>
        [.. Enumerable.Range(1, count).Select(i => $"{Prefix}{i.ToString("0000", CultureInfo.InvariantCulture)}.service")];

    /// <summary>The folder with the unit files for one value, as the package wrote them.</summary>
    public string SourceOf(int count, string value) => PathOf($"units-{count}-{value}");

    /// <summary>The absolute path of something in this folder.</summary>
    public string PathOf(string name) => Path.Combine(Folder, name);

    /// <summary>The arguments of dotnet that run a target; the same for all subjects.</summary>
    public string[] Build(string target, string services, string value, params string[] more) =>
    [
        "msbuild", Project, $"-t:{target}", "-nologo", "-v:minimal", "-tl:off", "-nodeReuse:false",
        $"-p:BenchServices={services}", $"-p:BenchValue={value}", .. more,
    ];

    /// <summary>Forgets what the package remembers of its services.</summary>
    public void ForgetState()
    {
        if (Directory.Exists(PathOf("state"))) Directory.Delete(PathOf("state"), recursive: true);
    }

    private string Write(string name, string text, bool isProgram = false)
    {
        Directory.CreateDirectory(Folder);
        File.WriteAllText(PathOf(name), text);
        if (isProgram) File.SetUnixFileMode(PathOf(name), ForPrograms);
        return PathOf(name);
    }

    private static string ServicesText(ImmutableArray<string> units)
    {
        var text = new StringBuilder("<Project>\n  <ItemGroup>\n");
        for (var i = 0; i < units.Length; i++)
        {
            var (name, argument) = (Path.GetFileNameWithoutExtension(units[i]), i < MostChanged ? "$(BenchValue)" : Values[0]);
            text.Append(
                CultureInfo.InvariantCulture, $"    <HermesGatewayService Include=\"{name}\" Arguments=\"{argument}\" />\n");
        }

        return text.Append("  </ItemGroup>\n</Project>\n").ToString();
    }

    private static string ProjectText => $"""
        <Project Sdk="Microsoft.NET.Sdk">
          <PropertyGroup>
            <TargetFramework>net10.0</TargetFramework>
            <BenchServices Condition="'$(BenchServices)' == ''">late</BenchServices>
            <HermesGatewayProgram>{Commands.Find("sleep")}</HermesGatewayProgram>
            <!-- The least that there is; what is said on the command line is stronger. -->
            <HermesGatewayStabilitySeconds>0</HermesGatewayStabilitySeconds>
            <HermesGatewayTimeoutSeconds>600</HermesGatewayTimeoutSeconds>
          </PropertyGroup>
          <ItemGroup>
            <PackageReference Include="Hermes.Gateway.Tasks" Version="$(BenchPackageVersion)" PrivateAssets="all" />
          </ItemGroup>
          <Import Project="services-$(BenchServices).props" />
          <Target Name="Empty" />
          <Target Name="Second">
            <MSBuild Projects="$(MSBuildProjectFullPath)" Targets="$(BenchTarget)" Properties="BenchServices={First}" />
            <CallTarget Targets="$(BenchTarget)" />
          </Target>
          <Target Name="Script">
            <Exec Command="./script.sh $(ScriptVerb) units-$(BenchServices)-$(BenchValue) &quot;{UnitFolder}&quot;" />
          </Target>
        </Project>

        """;

    // What one writes by hand, and then has in many projects.
    private const string Script = """
        #!/bin/sh -e
        # script.sh deploy|restart|status FOLDER-WITH-UNITS UNIT-FOLDER
        verb=$1 target=$3
        cd "$2"
        set -- *.service
        if [ "$verb" = deploy ]; then
          mkdir -p "$target"
          for unit; do
            cmp -s "$unit" "$target/$unit" || cp "$unit" "$target/$unit"
          done
          systemctl --user daemon-reload
          systemctl --user --quiet enable "$@"
        fi
        [ "$verb" = status ] || systemctl --user restart "$@"
        systemctl --user --quiet is-active "$@"

        """;

    // A program that is ready a second after its start, and what asks it.
    private const string Late = """
        #!/bin/sh
        sleep 1
        touch "${0%/*}/ready"
        exec sleep 1000000

        """;

    private const string Healthy = """
        #!/bin/sh
        [ -e "${0%/*}/ready" ]

        """;
}
