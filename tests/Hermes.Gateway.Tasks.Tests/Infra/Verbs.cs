using Hermes.Gateway.Core.Processes;

namespace Hermes.Gateway.Tasks.Tests.Infra;

/// <summary>Every task in every mode, by name.</summary>
public static class Verbs
{
    private static readonly Dictionary<string, Func<IProcessRunner?, GatewayTask>> All = new()
    {
        ["Install"] = runner => new InstallGatewayService { Runner = runner },
        ["Deploy"] = runner => new InstallGatewayService { Runner = runner, Start = true },
        ["Start"] = runner => new StartGatewayService { Runner = runner },
        ["Stop"] = runner => new StopGatewayService { Runner = runner },
        ["Restart"] = runner => new RestartGatewayService { Runner = runner },
        ["Uninstall"] = runner => new UninstallGatewayService { Runner = runner },
        ["Verify"] = runner => new VerifyGatewayService { Runner = runner },
        ["Status"] = runner => new GetGatewayServiceStatus { Runner = runner },
        ["Plan"] = runner => new GetGatewayServiceStatus { Runner = runner, Plan = true },
    };

    public static TheoryData<string> Names => [.. All.Keys];

    internal static GatewayTask Create(string name, IProcessRunner? runner) => All[name](runner);
}
