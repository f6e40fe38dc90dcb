using System.Collections.Immutable;
using Hermes.Gateway.Core.ServiceManagers.Systemd.UnitFiles;

namespace Hermes.Gateway.Core.Tests.ServiceManagers.Systemd.UnitFiles;

public class RedactedUnit
{
    private static readonly ImmutableHashSet<string> Owned = ["Environment[MODE]", "Environment[API_TOKEN]"];

    [Theory]
    [InlineData("ExecStart=/opt/app run", "ExecStart=/opt/app run")]
    [InlineData("ExecStart=:/opt/app --token hunter2 run", "ExecStart=:/opt/app --token '?' run")]
    [InlineData("ExecStart=:/opt/app \"--api-key=hunter2 and more\"", "ExecStart=:/opt/app '--api-key=?'")]
    [InlineData("ExecStart=/usr/bin/env API_TOKEN=hunter2 /opt/app", "ExecStart=/usr/bin/env 'API_TOKEN=?' /opt/app")]
    [InlineData("ExecStart=:/opt/app --no-token run \"two words\"", "ExecStart=:/opt/app --no-token run \"two words\"")]
    [InlineData("ExecStart=/opt/app \"--token hunter2", "ExecStart=?")]
    [InlineData("Restart=always", "Restart=always")]
    [InlineData("Environment=MODE=fast", "Environment=MODE=fast")]
    [InlineData("Environment=HERMES_GATEWAY_STAMP=1:0:r", "Environment=HERMES_GATEWAY_STAMP=1:0:r")]
    [InlineData("Environment=API_TOKEN=hunter2", "Environment=API_TOKEN=?")]
    [InlineData("Environment=\"MODE=two words\" THEIRS=hunter2", "Environment=MODE=two words\nEnvironment=THEIRS=?")]
    [InlineData("Environment=\"unclosed hunter2", "Environment=?")]
    [InlineData("Environment=MODE=postgres://u:hunter2@h/db", "Environment=MODE=postgres://?@h/db")]
    [InlineData("Environment=\"MODE=Bearer hunter2\"", "Environment=MODE=Bearer ?")]
    [InlineData("ExecStart=:/opt/app http://u:hunter2@h/ \"Authorization: Bearer hunter2=\"", "ExecStart=:/opt/app 'http://?@h/' 'Authorization: ?'")]
    [InlineData("WorkingDirectory=/opt/http://u:hunter2@h", "WorkingDirectory=/opt/http://?@h")]
    [InlineData("SetCredential=key:hunter2", "SetCredential=?")]
    [InlineData("# password hunter2\nNice=5", "Nice=?")]
    [InlineData("ExecStartPre=/bin/x --token \\\n hunter2", "ExecStartPre=?")]
    public void Hides_what_could_be_a_secret(string line, string expected) =>
        Assert.Equal($"[Service]\n{expected}", UnitRedaction.Redact($"[Service]\n{line}\n", Owned, _ => "?"));
}
