using System.Text.RegularExpressions;

namespace Packages.Tests.Images;

public sealed partial class DockerfileTests
{
    /// <summary>Names of the Functions host and of .NET, which docs/settings.md does not list.</summary>
    private static readonly string[] HostNames =
    [
        "ASPNETCORE_URLS", "AzureFunctionsJobHost__Logging__Console__IsEnabled", "AzureWebJobsScriptRoot",
        "AzureWebJobsSecretStorageType", "FUNCTIONS_WORKER_RUNTIME",
    ];

    public static TheoryData<string> Projects => ["Functions", "Sandbox", "Server", "Worker"];

    [Theory]
    [MemberData(nameof(Projects))]
    public void The_image_runs_as_a_user_by_number_who_is_not_root(string project) =>
        Assert.Equal("1654", Dockerfile.Of(project).OfLastStage("USER").Last());

    [Theory]
    [MemberData(nameof(Projects))]
    public void The_base_images_are_pinned_to_a_version(string project)
    {
        var images = Dockerfile.Of(project).BaseImages.ToList();

        Assert.Equal(2, images.Count);
        Assert.All(images, image => Assert.Matches(@"^mcr\.microsoft\.com/[a-z/-]+:\d[\w.-]*\d[\w.-]*$", image));
        Assert.DoesNotContain(images, image => image.Contains("latest", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Projects))]
    public void The_image_holds_no_secret_and_takes_no_argument(string project)
    {
        var file = Dockerfile.Of(project);

        Assert.Empty(file.All("ARG"));
        Assert.DoesNotContain(file.Environment.Keys, name => Secret().IsMatch(name) && !HostNames.Contains(name));
    }

    [Theory]
    [MemberData(nameof(Projects))]
    public void Every_setting_of_the_image_is_documented_or_belongs_to_the_host(string project) => Assert.Empty(
        Dockerfile.Of(project).Environment.Keys.Except(DocumentedSetting.Names).Except(HostNames));

    [Theory]
    [InlineData("Functions")]
    [InlineData("Server")]
    public void HTTP_has_the_port_of_all_documents(string project)
    {
        var file = Dockerfile.Of(project);
        string port = DocumentedSetting.DefaultOf("PORT");

        Assert.Equal(port, Assert.Single(file.OfLastStage("EXPOSE")));
        Assert.Equal(
            port, project == "Server" ? file.Environment["PORT"] : file.Environment["ASPNETCORE_URLS"].Split(':')[^1]);
    }

    [Fact]
    public void The_worker_exposes_the_port_of_its_health_endpoint_and_nothing_else()
    {
        var file = Dockerfile.Of("Worker");

        Assert.Equal(file.Environment["HEALTH_PORT"], Assert.Single(file.OfLastStage("EXPOSE")));
        Assert.Contains($"127.0.0.1/{file.Environment["HEALTH_PORT"]} ", file.OfLastStage("HEALTHCHECK").Single(),
            StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Projects))]
    public void A_signal_reaches_the_process_itself(string project)
    {
        var file = Dockerfile.Of(project);
        var commands = file.OfLastStage("ENTRYPOINT").Concat(file.OfLastStage("CMD")).ToList();

        Assert.Equal("SIGTERM", Assert.Single(file.OfLastStage("STOPSIGNAL")));
        Assert.NotEmpty(commands);
        // The form with brackets has no shell in between.
        Assert.All(commands, command => Assert.Matches(@"^\[.*\]$", command));
    }

    [Theory]
    [InlineData("Functions", "/health/ready")]
    [InlineData("Server", "NONE")]
    [InlineData("Worker", "/health/ready")]
    public void The_image_says_how_its_health_is_checked(string project, string check) => Assert.Contains(
        check, Assert.Single(Dockerfile.Of(project).OfLastStage("HEALTHCHECK")), StringComparison.Ordinal);

    [Fact]
    public void A_build_sees_only_what_is_allowed_by_name()
    {
        var lines = Checkout.Read(".dockerignore").Split('\n')
            .Where(line => line.Length > 0 && line[0] != '#').ToList();

        Assert.Equal("*", lines[0]);
        Assert.Contains("**/local.settings.json", lines);
        Assert.All(lines.Where(line => line[0] == '!'), line => Assert.True(
            Path.Exists(Checkout.PathOf(line[2..])), $"{line} names nothing in this repository."));
    }

    [GeneratedRegex("SECRET|PASSWORD|TOKEN|KEY|CREDENTIAL|DATABASE_URL", RegexOptions.IgnoreCase)]
    private static partial Regex Secret();
}
