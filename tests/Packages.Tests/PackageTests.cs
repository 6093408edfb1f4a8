using System.IO.Compression;
using System.Net;
using System.Text.Json;

namespace Packages.Tests;

/// <summary>The packages run from their own files, with the host's environment alone.</summary>
public sealed class PackageTests(BuiltPackages packages) : IClassFixture<BuiltPackages>
{
    private const string SignUp =
        """{ "name": "Ada", "email": "ada@example.com", "company": "Ada", "firstName": "A", "lastName": "B" }""";

    [Theory]
    [InlineData(".azurefunctions/function.deps.json")]
    [InlineData("extensions.json")]
    [InlineData("Functions.dll")]
    [InlineData("functions.metadata")]
    [InlineData("host.json")]
    [InlineData("worker.config.json")]
    public void The_zip_holds_each_file_that_the_host_reads_where_the_host_reads_it(string file) =>
        Assert.Contains(file, NamesInZip());

    [Fact]
    public void The_zip_holds_no_symbols_no_documentation_and_no_settings_of_a_machine()
    {
        string[] unwanted = [".pdb", ".xml", "local.settings.json", "appsettings.json", ".dbg"];

        Assert.DoesNotContain(NamesInZip(), name => unwanted.Any(end => name.EndsWith(end, StringComparison.Ordinal)));
    }

    [Fact]
    public void The_zip_holds_native_libraries_of_Linux_x64_only() => Assert.Equal(
        ["runtimes/linux-x64/native/libtemporalio_sdk_core_c_bridge.so"],
        NamesInZip().Where(name => name.StartsWith("runtimes/", StringComparison.Ordinal)));

    [Fact]
    public async Task The_unpacked_zip_is_a_function_app_that_lists_every_function()
    {
        await using var app = await PackagedApp.StartAsync(packages.Functions);
        using var metadata = JsonDocument.Parse(
            await File.ReadAllBytesAsync(
                Path.Combine(packages.Functions, "functions.metadata"), TestContext.Current.CancellationToken));
        var names = metadata.RootElement.EnumerateArray().Select(function => function.GetProperty("name").GetString()!);

        Assert.Equal(names.Order(StringComparer.OrdinalIgnoreCase), app.Functions.Select(function => function.Name));
        await AssertAnswersAsync(app);
    }

    [Fact]
    public async Task The_native_process_with_its_files_is_a_function_app_with_a_custom_handler()
    {
        await using var app = await PackagedApp.StartAsync(packages.Server);

        Assert.Equal("http", Assert.Single(app.Functions).Name);
        await AssertAnswersAsync(app);
    }

    private static async Task AssertAnswersAsync(PackagedApp app)
    {
        Assert.Equal(HttpStatusCode.OK, (await app.GetAsync("/ping")).Status);

        var unconfigured = await app.PostAsync("/leads", SignUp);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, unconfigured.Status);
        Assert.Contains("not_configured", unconfigured.Body, StringComparison.Ordinal);
        Assert.Contains("DATABASE_URL", unconfigured.Body, StringComparison.Ordinal);

        var unknown = await app.GetAsync("/no/such/address");
        Assert.Equal(HttpStatusCode.NotFound, unknown.Status);
        Assert.Equal("application/problem+json", unknown.MediaType);
    }

    private List<string> NamesInZip()
    {
        using var zip = ZipFile.OpenRead(packages.Zip);
        return [.. zip.Entries.Select(entry => entry.FullName)];
    }
}
