using System.Globalization;
using System.IO.Compression;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Xml.Linq;
using Hermes.Gateway.Package.Tests.Infra;
using Microsoft.Build.Logging.StructuredLogger;
using Task = System.Threading.Tasks.Task;

namespace Hermes.Gateway.Package.Tests.Scenarios;

/// <summary>Generated secrets in every place of many services under a real systemd: deployed, planned, verified, failed, with
/// their history and a bundle. Each is searched for in all that these builds print and leave.</summary>
/// <remarks>A binary log has the properties and items of the project, as the documentation says: what the project itself
/// holds is searched for in what the package's tasks add to the log, everything else in all bytes of it.</remarks>
[Collection(PackageCollection.Name)]
public sealed class SecretsOfManyServices(PackageFixture package, ITestOutputHelper output)
{
    // Some 50 placements each.
    private static readonly int Services = Environment.GetEnvironmentVariable("HERMES_CAMPAIGN") == "long" ? 40 : 8;

    [Fact, Trait("Campaign", "secrets")]
    public Task Are_in_no_output_or_file_of_a_build() => package.InSandboxAsync(Requires.Systemd, async sandbox =>
    {
        var seed = Environment.TickCount;
        var secrets = new Placements(new Random(seed));
        using var server = new HttpAnswers(secrets);
        var project = sandbox.WriteWorker(service: null, rest: """<Import Project="services.props" />""");
        var folder = Path.GetDirectoryName(project)!;
        var names = Enumerable.Range(0, Services).Select(_ => sandbox.NewService()).ToList();
        var program = sandbox.Write("Worker/run.sh", """
            #!/bin/sh
            cat "$LOG_FILE" >&2
            [ "$1" = live ] || exit 3
            trap 'exit 0' TERM
            while :; do sleep 0.1; done

            """);
        File.SetUnixFileMode(program, (UnixFileMode)0b111_101_101);
        string[] files =
        [
            $"-p:HermesGatewayReportFile={folder}/report.json", $"-p:HermesGatewayJUnitFile={folder}/report.xml",
            $"-p:HermesGatewaySummaryFile={folder}/summary.md",
        ];
        var runs = new List<BuildRun>();

        Next("live");
        sandbox.Dotnet("build", project).Succeeded();
        (await RunAsync("DeployGateway")).Succeeded();
        Next("live");
        await RunAsync("PlanGateway");
        server.IsOk = false;
        await RunAsync("GatewayStatus");
        await RunAsync("VerifyGateway", "-p:HermesGatewayTimeoutSeconds=3");
        server.IsOk = true;
        Next("die");
        var failed = await RunAsync("DeployGateway");
        Assert.All(failed.Services, service => Assert.NotEqual("changed", service.Outcome));
        await RunAsync("GatewayHistory", $"-p:HermesGatewayBundleFile={folder}/bundle.json");

        // So that the test is about something.
        var all = secrets.All();
        output.WriteLine($"{all.Length} placements in {Services} services, seed {seed}");
        Assert.True(all.Length > 45 * Services, $"{all.Length} placements");
        var history = Directory.GetFiles(Path.Combine(sandbox.StateHome, "hermes-gateway", ".history"), "*.jsonl");
        Assert.Equal(Services, history.Length);
        var left = history.Concat(["report.json", "report.xml", "summary.md", "bundle.json"]).Select(name => Path.Combine(folder, name));
        var texts = left.Select(path => (Where: path, Text: File.ReadAllText(path)))
            .Concat(runs.Select(run => (run.Binlog + ": printed", run.Command.StandardOutput + run.Command.StandardError)))
            .Concat(runs.Select(run => (run.Binlog + ": items", string.Join('\n', run.Services.SelectMany(item => item.Metadata.Values)))))
            .Concat(runs.Select(run => (run.Binlog + ": errors", run.ErrorText)))
            .Concat(runs.Select(run => (run.Binlog + ": tasks", string.Join('\n', run.OwnTasks.SelectMany(TextsAddedBy)))))
            .ToList();
        var whole = runs.Select(run => (Where: run.Binlog, Text: Unpacked(run.Binlog))).ToList();
        foreach (var (secret, place, isOfProject) in all)
            foreach (var (where, text) in isOfProject ? texts : texts.Concat(whole))
                Assert.False(
                    text.Contains(secret, StringComparison.Ordinal), $"seed {seed}: {secret} ({place}) is in {where}: {Around(text, secret)}");

        void Next(string argument) => sandbox.Write("Worker/services.props", new XElement(
            "Project", new XElement("ItemGroup", names.Select(name => Service(name, argument)))).ToString());

        XElement Service(string name, string argument)
        {
            var log = sandbox.Write($"Worker/{name}.log", string.Join('\n', secrets.LogLines()) + "\n");
            var variables = sandbox.Write($"Worker/{name}.env", secrets.EnvironmentFile());
            return new XElement(
                "HermesGatewayService",
                new XAttribute("Include", name),
                new XAttribute("Program", program),
                new XAttribute("Arguments", string.Join(';', secrets.Arguments().Prepend(argument))),
                new XAttribute("Environment", string.Join(';', secrets.Environment().Prepend($"LOG_FILE={log}"))),
                new XAttribute("EnvironmentFile", variables),
                new XAttribute("HealthCheck", secrets.HealthCheck(server.Port)));
        }

        async Task<BuildRun> RunAsync(string target, params string[] options)
        {
            var run = await sandbox.TargetAsync("msbuild", project, target, [.. files, .. options]);
            runs.Add(run);
            return run;
        }
    });

    // What a task was given is in the folder of its parameters; all else is the task's own word.
    private static IEnumerable<string> TextsAddedBy(Microsoft.Build.Logging.StructuredLogger.Task task) =>
        task.Children.Where(child => child is not Folder { Name: "Parameters" }).Select(TextOf);

    private static string TextOf(BaseNode node) => node is TreeNode tree
        ? $"{node}\n{string.Join('\n', tree.Children.Select(TextOf))}"
        : $"{node}";

    private static string Unpacked(string binlog)
    {
        using var file = new GZipStream(File.OpenRead(binlog), CompressionMode.Decompress);
        using var bytes = new MemoryStream();
        file.CopyTo(bytes);
        return Encoding.Latin1.GetString(bytes.GetBuffer(), 0, (int)bytes.Length);
    }

    private static string Around(string text, string secret)
    {
        var at = text.IndexOf(secret, StringComparison.Ordinal);
        return at < 0 ? "" : text[Math.Max(0, at - 200)..Math.Min(text.Length, at + 100)];
    }

    /// <summary>Makes secrets, each of letters that occur nowhere else, and the places that they are in.</summary>
    private sealed class Placements(Random random)
    {
        private static readonly string[] Schemes = ["http", "https", "postgres", "mongodb+srv", "amqp", "redis"];
        private static readonly string[] Names = ["API_TOKEN", "GH_PAT", "JWT", "CERT_PEM", "PGPASS", "DB_PASSWORD", "STRIPE_SK"];

        private readonly List<(string Secret, string Place, bool IsOfProject)> _all = [];
        private int _count;

        public (string Secret, string Place, bool IsOfProject)[] All()
        {
            lock (_all) return [.. _all];
        }

        public IEnumerable<string> Environment() =>
        [
            $"URL_{_count++}={Pick(Schemes)}://u:{New("an address in a variable", true)}@h/db",
            $"X{_count++}_{Pick(Names)}={New("a variable with a secret's name", true)}",
            $"AUTH_{_count++}_HEADER=Bearer {New("Bearer in a variable", true)}",
        ];

        public IEnumerable<string> Arguments() =>
        [
            $"{Pick(Schemes)}://u:{New("an address in an argument", true)}@h:5432/db",
            "--header", $"Authorization: {Pick("Bearer", "Basic")} {New("a header in an argument", true)}",
            Pick("--token", "--api-key", "--pat"), New("after an option", true),
            $"{Pick("--token", "--client-secret", "GH_PAT")}={New("in an option", true)}",
        ];

        public string HealthCheck(int port) =>
            $"http://u:{New("the health check's password", true)}@127.0.0.1:{port}/p"
            + $"?sig={New("the health check's query", true)}&code={New("the health check's query", true)}";

        public string EnvironmentFile()
        {
            var (first, second) = (New("a continued value", false), New("a continued value", false));
            return $"F1={New("the environment file", false)}\nF2={New("a short value of the environment file", false, 7)}\n"
                + random.Next(3) switch
                {
                    0 => $"F3={first}\\\n{second}\n",
                    1 => $"F3=\"{first}\n{second}\"\n",
                    _ => $"F3='{first}\n{second}'\n",
                };
        }

        public IEnumerable<string> LogLines() => [Phrase("the log"), Phrase("the log"), $"first {Phrase("the log")}"];

        public string Phrase(string place)
        {
            var secret = New(place, false);
            return random.Next(5) switch
            {
                0 => $"cannot open {Pick(Schemes)}://me:{secret}@host/db",
                1 => $"sent Authorization: Bearer {secret}",
                2 => $"run --token {secret} --mode fast",
                3 => $"db_password={secret}",
                _ => $"GET /x?access_token={secret}&page=2",
            };
        }

        private string New(string place, bool isOfProject, int length = 14)
        {
            const string letters = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";
            lock (_all)
            {
                // The number keeps apart what chance alone would not.
                var secret = "Z" + string.Concat(Enumerable.Range(0, length - 5).Select(_ => letters[random.Next(letters.Length)]))
                    + _all.Count.ToString("x4", CultureInfo.InvariantCulture);
                _all.Add((secret, place, isOfProject));
                return secret;
            }
        }

        private T Pick<T>(params T[] values) => values[random.Next(values.Length)];
    }

    /// <summary>Answers every request: with success, or with a status line that holds a secret.</summary>
    /// <remarks>Each connection for itself: a client that gives a request up leaves one on which nothing is asked.</remarks>
    private sealed class HttpAnswers : IDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
        private readonly Placements _secrets;

        public HttpAnswers(Placements secrets)
        {
            _secrets = secrets;
            _listener.Start();
            Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
            _ = AcceptAsync();
        }

        public int Port { get; }

        public bool IsOk { get; set; } = true;

        public void Dispose() => _listener.Dispose();

        private async Task AcceptAsync()
        {
            try
            {
                while (true)
                    _ = AnswerAsync(await _listener.AcceptTcpClientAsync());
            }
            catch (Exception e) when (e is ObjectDisposedException or SocketException)
            {
                // The test is over.
            }
        }

        private async Task AnswerAsync(TcpClient client)
        {
            using (client)
            {
                try
                {
                    using var request = new StreamReader(client.GetStream(), Encoding.ASCII);
                    while (await request.ReadLineAsync() is { Length: > 0 })
                    {
                        // The head ends with an empty line.
                    }

                    var answer = IsOk
                        ? "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
                        : $"HTTP/9.9 {_secrets.Phrase("an HTTP answer")}\r\n\r\n";
                    await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(answer));
                }
                catch (IOException)
                {
                    // The client gave up.
                }
            }
        }
    }
}
