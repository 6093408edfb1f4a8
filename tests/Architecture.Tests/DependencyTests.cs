using System.Xml.Linq;

namespace Architecture.Tests;

/// <summary>Data flows one way: Functions → ControlPlane → Temporal → Worker → outside systems.</summary>
public sealed class DependencyTests
{
    private static readonly string[] Ours = ["ControlPlane", "EmbeddedTemporal", "Functions", "Sandbox", "Worker"];

    [Theory]
    [InlineData("ControlPlane")]
    [InlineData("EmbeddedTemporal")]
    [InlineData("Functions", "ControlPlane")]
    [InlineData("Sandbox", "EmbeddedTemporal")]
    [InlineData("Worker", "ControlPlane")]
    public void A_project_knows_only_what_lies_below_it(string project, params string[] allowed)
    {
        var references = XDocument.Parse(Repository.Read("src", project, $"{project}.csproj"))
            .Descendants("ProjectReference")
            .Select(reference => Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value));

        Assert.Equal(allowed, references);
    }

    [Theory]
    [InlineData("Keycloak", "Worker")]
    [InlineData("Amazon", "Worker")]
    [InlineData("Novu", "Worker")]
    [InlineData("Refit", "Worker")]
    public void Only_the_worker_talks_to_outside_systems(string system, string only)
    {
        var others = Ours.Except([only, "Sandbox", "EmbeddedTemporal"]);

        var strangers = others.SelectMany(project => Repository.Sources($"src/{project}"))
            .Where(file => Repository.Read(file).Contains($"using {system}", StringComparison.Ordinal)
                || Repository.Read(file).Contains($"namespace {system}", StringComparison.Ordinal));

        Assert.Empty(strangers);
    }

    [Fact]
    public void No_product_code_speaks_of_the_sandbox()
    {
        string[] product = ["ControlPlane", "Functions", "Worker"];

        var speaking = product.SelectMany(project => Repository.Sources($"src/{project}"))
            .Where(file => Repository.Read(file).Contains("sandbox", StringComparison.OrdinalIgnoreCase));

        Assert.Empty(speaking);
    }

    [Fact]
    public void The_control_plane_knows_no_HTTP()
    {
        var speaking = Repository.Sources("src/ControlPlane")
            .Where(file => Repository.Read(file).Contains("Microsoft.AspNetCore", StringComparison.Ordinal)
                || Repository.Read(file).Contains("System.Net.Http", StringComparison.Ordinal));

        Assert.Empty(speaking);
    }

    [Fact]
    public void Settings_are_read_through_the_reader_alone()
    {
        // NO_COLOR is no setting of ours but the terminal's: https://no-color.org
        string[] product = ["ControlPlane", "Functions", "Worker"];

        var reading = product.SelectMany(project => Repository.Sources($"src/{project}"))
            .SelectMany(file => Repository.Read(file).Split('\n').Select(line => (file, line)))
            .Where(at => at.line.Contains("GetEnvironmentVariable", StringComparison.Ordinal)
                && !at.line.Contains("NO_COLOR", StringComparison.Ordinal));

        Assert.Empty(reading);
    }
}
