namespace Packages.Tests.Compose;

public sealed class ComposeTests
{
    private const string FirstRun = "arc-saas-first-run";

    [Fact]
    public void The_services_have_the_names_of_the_quick_start() => Assert.Equal(
        [
            FirstRun, "arc-saas-functions", "arc-saas-keycloak", "arc-saas-minio", "arc-saas-novu",
            "arc-saas-postgres", "arc-saas-redis", "arc-saas-setup", "arc-saas-temporal", "arc-saas-temporal-ui",
            "arc-saas-worker",
        ],
        ComposeFile.Services.Select(service => service.Name).Order(StringComparer.Ordinal));

    [Fact]
    public void A_container_has_the_name_of_its_service() =>
        Assert.All(ComposeFile.Services, service => Assert.Equal(service.Name, service.Text("container_name")));

    // https://github.com/compose-spec/compose-spec/blob/main/05-services.md: the keys that this file uses.
    [Fact]
    public void The_file_has_only_keys_of_the_compose_specification()
    {
        string[] keys =
        [
            "build", "command", "container_name", "depends_on", "entrypoint", "environment", "healthcheck", "image",
            "network_mode", "ports", "restart", "stop_grace_period", "user", "volumes",
        ];

        Assert.Empty(ComposeFile.TopLevel.Where(key => !key.StartsWith("x-", StringComparison.Ordinal))
            .Except(["name", "services", "volumes"]));
        Assert.All(ComposeFile.Services, service => Assert.Empty(service.Keys.Except(keys)));
    }

    [Theory]
    [InlineData("arc-saas-functions", "14000:14000")]
    [InlineData("arc-saas-keycloak", "8080:8080")]
    [InlineData("arc-saas-minio", "9000:9000", "9001:9001")]
    [InlineData("arc-saas-novu", "3000:3000")]
    [InlineData("arc-saas-postgres", "5432:5432")]
    [InlineData("arc-saas-redis", "6379:6379")]
    [InlineData("arc-saas-temporal", "7233:7233")]
    [InlineData("arc-saas-temporal-ui", "8233:8080")]
    public void A_service_has_the_quick_start_s_port_for_this_machine_only(string service, params string[] ports) =>
        Assert.Equal(ports.Select(port => $"127.0.0.1:{port}"), ComposeFile.Service(service).Ports);

    [Fact]
    public void No_other_port_is_published() =>
        Assert.Equal(9, ComposeFile.Services.Sum(service => service.Ports.Count()));

    [Fact]
    public void An_image_of_others_is_pinned_by_tag_and_digest()
    {
        var images = ComposeFile.Services.Where(service => service.Dockerfile is null).Select(service => service.Image);

        Assert.All(images, image =>
        {
            Assert.Matches(@"^[\w./-]+:[\w.-]*\d[\w.-]*@sha256:[0-9a-f]{64}$", image);
            Assert.DoesNotContain("latest", image, StringComparison.Ordinal);
        });
    }

    [Fact]
    public void An_image_of_ours_is_built_from_a_Dockerfile_of_this_repository() => Assert.All(
        ComposeFile.Services.Where(service => service.Dockerfile is not null),
        service =>
        {
            Assert.True(File.Exists(Checkout.PathOf(service.Dockerfile!)));
            Assert.EndsWith(":local", service.Image, StringComparison.Ordinal);
        });

    [Fact]
    public void Every_server_has_a_health_check() => Assert.All(
        ComposeFile.Services.Where(service => !service.EndsByItself),
        service => Assert.True(service.HasHealthCheck, service.Name));

    [Fact]
    public void A_service_waits_until_what_it_needs_is_healthy_or_has_ended() => Assert.All(
        ComposeFile.Services.SelectMany(service => service.DependsOn),
        needed => Assert.Equal(
            ComposeFile.Service(needed.Key).EndsByItself ? "service_completed_successfully" : "service_healthy",
            needed.Value));

    [Fact]
    public void Worker_and_functions_start_after_the_setup_which_starts_after_every_system()
    {
        var waits = ComposeFile.Service("arc-saas-setup").DependsOn.Keys.Order(StringComparer.Ordinal);

        Assert.Equal(
            ["arc-saas-keycloak", "arc-saas-minio", "arc-saas-novu", "arc-saas-postgres", "arc-saas-temporal"], waits);
        Assert.Contains("arc-saas-setup", ComposeFile.Service("arc-saas-worker").DependsOn);
        Assert.Contains("arc-saas-setup", ComposeFile.Service("arc-saas-functions").DependsOn);
    }

    [Theory]
    [InlineData("arc-saas-functions", "functions")]
    [InlineData("arc-saas-setup", "commands, setup")]
    [InlineData("arc-saas-worker", "worker")]
    public void A_process_of_ours_gets_only_settings_that_it_reads(string service, string process)
    {
        var names = ComposeFile.Service(service).Environment.Keys.ToList();

        Assert.NotEmpty(names);
        Assert.Empty(names.Except(DocumentedSetting.Names));
        Assert.All(names, name => Assert.True(DocumentedSetting.IsReadBy(process, name), $"{process} reads no {name}"));
    }
}
