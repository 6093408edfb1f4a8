using FunctionsHost.Configuration;
using FunctionsHost.Tests.Fakes;

namespace FunctionsHost.Tests;

public sealed class ConfigurationTests
{
    private static readonly Dictionary<string, string> None = [];

    [Theory]
    [InlineData("""{ }""")]
    [InlineData("""{ "version": "1.0" }""")]
    [InlineData("""{ "version": 2 }""")]
    public void Host_json_needs_version_2(string json) => Assert.Equal(
        "host.json needs \"version\": \"2.0\".",
        Assert.Throws<FunctionsHostException>(() => HostJson.Parse(json, None)).Message);

    [Fact]
    public void Host_json_may_have_comments() => Assert.Equal(
        "v1", HostJson.Parse("""
            {
              // a comment
              "version": "2.0", /* another */
              "extensions": { "http": { "routePrefix": "/v1/" } },
            }
            """, None).RoutePrefix);

    [Fact]
    public void Host_json_that_is_no_JSON_is_named() => Assert.StartsWith(
        "host.json is not valid: ",
        Assert.Throws<FunctionsHostException>(() => HostJson.Parse("{", None)).Message);

    [Theory]
    [InlineData("", "00:30:00")]
    [InlineData(""", "functionTimeout": "00:05:00" """, "00:05:00")]
    [InlineData(""", "functionTimeout": "-1" """, "-00:00:00.0010000")]
    public void The_function_timeout_is_30_minutes_unless_host_json_sets_it(string property, string expected) =>
        Assert.Equal(
            TimeSpan.Parse(expected, null),
            HostJson.Parse($$"""{ "version": "2.0"{{property}} }""", None).FunctionTimeout);

    [Fact]
    public void An_application_setting_can_override_host_json()
    {
        var settings = new Dictionary<string, string>
        {
            ["AzureFunctionsJobHost__extensions__http__routePrefix"] = "v2",
        };

        Assert.Equal("v2", HostJson.Parse("""{ "version": "2.0" }""", settings).RoutePrefix);
    }

    [Fact]
    public void A_custom_handler_that_is_not_proxied_is_refused() => Assert.Contains(
        "enableProxyingHttpRequest",
        Assert.Throws<FunctionsHostException>(() => HostJson.Parse(
            """{ "version": "2.0", "customHandler": { "description": { "defaultExecutablePath": "x" } } }""", None))
            .Message,
        StringComparison.Ordinal);

    [Fact]
    public async Task A_folder_without_host_json_is_no_app()
    {
        using var app = new FakeApp();
        File.Delete(Path.Combine(app.Folder, "host.json"));

        var error = await Assert.ThrowsAsync<FunctionsHostException>(
            () => FunctionsHostServer.StartAsync(
                new FunctionsHostOptions { AppFolder = app.Folder }, TestContext.Current.CancellationToken));

        Assert.Equal($"There is no host.json in {app.Folder}. Name the folder of the built app.", error.Message);
    }

    [Fact]
    public async Task A_folder_without_worker_config_json_is_no_app()
    {
        using var app = new FakeApp();
        File.Delete(Path.Combine(app.Folder, "worker.config.json"));

        var error = await Assert.ThrowsAsync<FunctionsHostException>(
            () => FunctionsHostServer.StartAsync(
                new FunctionsHostOptions { AppFolder = app.Folder }, TestContext.Current.CancellationToken));

        Assert.StartsWith($"There is no worker.config.json in {app.Folder}.", error.Message);
    }

    [Fact]
    public void Local_settings_hold_values_and_the_port()
    {
        var settings = LocalSettings.Parse("""
            { "IsEncrypted": false, "Values": { "A": "1", "B": "" }, "Host": { "LocalHttpPort": 14000 } }
            """);

        Assert.Equal(new Dictionary<string, string> { ["A"] = "1", ["B"] = "" }, settings.Values);
        Assert.Equal(14000, settings.HttpPort);
    }

    [Theory]
    [InlineData("""{ "IsEncrypted": true, "Values": { } }""")]
    [InlineData("""{ "Values": { } }""")]
    public void Encrypted_local_settings_are_refused(string json) => Assert.Contains(
        "needs \"IsEncrypted\": false",
        Assert.Throws<FunctionsHostException>(() => LocalSettings.Parse(json)).Message,
        StringComparison.Ordinal);

    [Fact]
    public void Local_settings_are_those_of_the_first_folder_upwards_with_either_file()
    {
        using var app = new FakeApp();
        app.Write("local.settings.json", """{ "IsEncrypted": false, "Values": { "A": "root" } }""");
        app.Write("src/Functions/Functions.csproj", "");

        Assert.Equal("root", LocalSettings.LoadAbove(Path.Combine(app.Folder, "src/Functions")).Values["A"]);
    }

    [Fact]
    public void A_host_json_beside_the_project_hides_the_local_settings_above_it()
    {
        using var app = new FakeApp();
        app.Write("local.settings.json", """{ "IsEncrypted": false, "Values": { "A": "root" } }""");
        app.Write("src/Functions/host.json", """{ "version": "2.0" }""");

        Assert.Empty(LocalSettings.LoadAbove(Path.Combine(app.Folder, "src/Functions")).Values);
    }
}
