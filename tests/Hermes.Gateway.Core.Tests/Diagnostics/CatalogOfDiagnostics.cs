using Hermes.Gateway.Core.Diagnostics;

namespace Hermes.Gateway.Core.Tests.Diagnostics;

public class CatalogOfDiagnostics
{
    [Fact]
    public void Codes_are_unique() =>
        Assert.Equal(DiagnosticCatalog.All.Length, DiagnosticCatalog.All.Select(one => one.Code).Distinct().Count());

    [Fact]
    public void Diagnostics_are_sorted_by_code() =>
        Assert.Equal(DiagnosticCatalog.All.Select(one => one.Code).Order(StringComparer.Ordinal), DiagnosticCatalog.All.Select(one => one.Code));

    [Fact]
    public void Codes_and_titles_have_the_required_form() => Assert.All(DiagnosticCatalog.All, one =>
    {
        Assert.Matches("^HGW[012349][0-9]{3}$", one.Code);
        Assert.Matches("^[A-Z][^.\n]{3,39}$", one.Title);
    });

    [Fact]
    public void Finding_is_formatted_as_one_line_with_code_message_and_advice()
    {
        var finding = DiagnosticCatalog.NotInstalled.Error("It is not there.", "do this");
        Assert.Equal((Severity.Error, "HGW4001"), (finding.Severity, finding.Code));
        Assert.Equal("HGW4001: It is not there. Next: do this", finding.ToString());
        Assert.Equal("HGW4001: It is not there.", DiagnosticCatalog.NotInstalled.Info("It is not there.").ToString());
    }
}
