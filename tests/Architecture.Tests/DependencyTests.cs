namespace Architecture.Tests;

/// <summary>Data flows one way: heads → Api → ControlPlane → Temporal → Worker → outside systems.</summary>
public sealed class DependencyTests
{
    [Theory]
    [InlineData("Api", "ControlPlane")]
    [InlineData("ControlPlane")]
    [InlineData("EmbeddedTemporal")]
    [InlineData("Server", "Api", "ControlPlane")]
    [InlineData("Functions", "Api", "ControlPlane")]
    [InlineData("FunctionsHost")]
    [InlineData("Sandbox", "EmbeddedTemporal")]
    [InlineData("Worker", "ControlPlane")]
    public void An_assembly_references_only_the_ones_below_it(string assembly, params string[] allowed) =>
        Assert.Equal(allowed, Assemblies.References(assembly).Intersect(Assemblies.OwnNames).Order());

    [Theory]
    [InlineData("Api")]
    [InlineData("ControlPlane")]
    [InlineData("Functions")]
    [InlineData("Server")]
    public void Only_the_worker_calls_outside_systems(string assembly)
    {
        string[] clients = ["AWSSDK", "Refit"];
        string[] systems = ["Keycloak", "Novu", "S3"];

        // Otherwise the lists above would be out of date.
        Assert.All(clients, client => Assert.Contains(Assemblies.References("Worker"), name => IsOf(client, name)));
        Assert.All(systems, system => Assert.Contains(system, Assemblies.NamespaceParts("Worker")));
        Assert.DoesNotContain(Assemblies.References(assembly), name => clients.Any(client => IsOf(client, name)));
        Assert.Empty(Assemblies.NamespaceParts(assembly).Intersect(systems));
    }

    [Fact]
    public void The_control_plane_serves_no_HTTP() => Assert.DoesNotContain(
        Assemblies.References("ControlPlane"), name => IsOf("Microsoft.AspNetCore", name));

    [Fact]
    public void The_control_plane_calls_only_token_endpoints_by_HTTP()
    {
        string[] http = ["HttpClient", "HttpRequestMessage", "WebRequest"];
        string tokens = Path.Combine("src", "ControlPlane", "Persistence", "Entra");

        var callers = Repository.Sources("src/ControlPlane").Where(file =>
            http.Any(type => Repository.Read(file).Contains(type, StringComparison.Ordinal))).ToList();

        Assert.NotEmpty(callers);
        Assert.All(callers, file => Assert.StartsWith(tokens, file, StringComparison.Ordinal));
    }

    [Fact]
    public void No_product_code_names_the_sandbox() => Assert.DoesNotContain(
        ProductSources(), file => Repository.Read(file).Contains("sandbox", StringComparison.OrdinalIgnoreCase));

    // NO_COLOR is the terminal's setting and not one of ours: https://no-color.org
    [Fact]
    public void Only_the_settings_reader_reads_settings() => Assert.DoesNotContain(
        ProductSources().SelectMany(file => Repository.Read(file).Split('\n').Select(line => (file, line))),
        at => at.line.Contains("GetEnvironmentVariable", StringComparison.Ordinal)
            && !at.line.Contains("NO_COLOR", StringComparison.Ordinal));

    private static IEnumerable<string> ProductSources() =>
        Assemblies.ProductNames.SelectMany(project => Repository.Sources($"src/{project}"));

    private static bool IsOf(string prefix, string name) =>
        $"{name}.".StartsWith($"{prefix}.", StringComparison.Ordinal);
}
