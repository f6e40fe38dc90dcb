using Hermes.Gateway.Core.Operations;
using Hermes.Gateway.Core.Reporting;

namespace Hermes.Gateway.Core.Tests.Operations.ManyServices;

/// <summary>The text of an operation on thousands of services, limited to a length that a person can read.</summary>
public sealed class TableOfManyServices : IDisposable
{
    private readonly MachineWithManyServices _many = new();

    public void Dispose() => _many.Dispose();

    [Fact]
    public void Failed_services_come_first_and_the_omitted_rows_are_counted()
    {
        string[] broken = ["service-00050.service", "service-00058.service"];
        _many.Systemctl.Broken.UnionWith(broken);

        var lines = ReportTable.Lines(_many.Run(Operation.Deploy, _many.Requests(60))).ToList();

        Assert.Equal("deploy of 60 services", lines[0]);
        Assert.StartsWith("  ✗ service-00050 ", lines[2], StringComparison.Ordinal);
        Assert.StartsWith("  ✗ service-00058 ", lines[3], StringComparison.Ordinal);
        Assert.StartsWith("  ✓ service-00000 ", lines[4], StringComparison.Ordinal);
        Assert.StartsWith("  ✓ service-00039 ", lines[43], StringComparison.Ordinal);
        Assert.Equal("  ✓ … and 18 more like these (good)", lines[44]);
        Assert.Equal("", lines[45]);
        Assert.Equal("60 services: 58 good, 2 failed: service-00050 service-00058", lines[^1]);
    }

    [Fact]
    public void Thousand_failing_services_give_forty_rows_and_ten_details()
    {
        var reports = _many.Run(Operation.Status, _many.Requests(1000));
        var lines = ReportTable.Lines(reports).ToList();

        Assert.Equal(10, lines.Count(line => line.StartsWith("status of service-", StringComparison.Ordinal)));
        Assert.Contains("  ✗ … and 960 more like these (not good)", lines);
        Assert.Contains("… and 990 more of which there is something to tell", lines);
        Assert.EndsWith(" service-00009 … and 990 more", lines[^1], StringComparison.Ordinal);
        Assert.InRange(lines.Sum(line => line.Length + 1), 1, 20_000);
    }

    [Theory]
    [InlineData(40)]
    [InlineData(41)]
    public void Forty_services_keep_their_order_and_a_longer_table_starts_with_failures(int count)
    {
        _many.Systemctl.Broken.Add("service-00020.service");
        var reports = _many.Run(Operation.Deploy, _many.Requests(count));

        var rows = ReportTable.Lines(reports).Where(line => line.Contains(" service-000", StringComparison.Ordinal) && line.StartsWith("  ", StringComparison.Ordinal))
            .Where(line => line[2] is '✓' or '✗').Select(line => line[4..17]).ToList();

        var names = reports.Select(report => report.Definition.Name.Value);
        Assert.Equal(count == 40 ? names : names.OrderBy(name => name != "service-00020"), rows);
    }

    [Fact]
    public void JSON_and_JUnit_files_list_every_service()
    {
        var reports = _many.Run(Operation.Status, _many.Requests(200));
        var document = new ReportDocument("status", reports, []);

        var json = document.ToJson();
        Assert.All(reports, report => Assert.Contains($"\"{report.Definition.Name}\"", json, StringComparison.Ordinal));
        var junit = JUnitReport.Write(document);
        Assert.All(reports, report => Assert.Contains($"\"{report.Definition.Name}\"", junit, StringComparison.Ordinal));
    }
}
