using System.Text.Json.Nodes;
using Worker.Commands;
using Worker.Steps;
using Worker.Systems.Keycloak;
using Worker.Tests.Support;
using Worker.Tests.Sweeps;

namespace Worker.Tests.Commands;

/// <summary><c>repair</c>: a realm that an earlier version made, and what its administrator changed in it.</summary>
public sealed class RepairCommandTests(ProvisioningFixture fixture) : IClassFixture<ProvisioningFixture>
{
    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_new_realm_is_up_to_date()
    {
        var tenant = await fixture.GivenTenantAsync();
        await (await fixture.StartAsync(tenant)).GetResultAsync();

        var (exitCode, output) = await RunAsync("repair", tenant.Key);

        Assert.Equal($"\u2714 {tenant.Key,-22} {tenant.Resources.Realm} is up to date\n", output);
        Assert.Equal(0, exitCode);
    }

    [Fact]
    public async Task Without_apply_the_differences_are_listed_and_nothing_changes()
    {
        var tenant = await GivenOldRealmAsync();

        var first = await RunAsync("repair", tenant.Key);
        var second = await RunAsync("repair", tenant.Key);

        Assert.Equal(1, first.ExitCode);
        Assert.Contains("would change realm: ", first.Output, StringComparison.Ordinal);
        Assert.Contains("failureFactor, passwordPolicy, revokeRefreshToken", first.Output, StringComparison.Ordinal);
        Assert.Contains("would change user profile: firstName, lastName\n", first.Output, StringComparison.Ordinal);
        Assert.Contains($"would change client {tenant.Resources.Client}: fullScopeAllowed, baseUrl, redirectUris, "
            + "webOrigins, attributes, protocolMappers\n", first.Output, StringComparison.Ordinal);
        Assert.Equal(first, second);
    }

    [Fact]
    public async Task With_apply_an_old_realm_works_like_a_new_one()
    {
        var tenant = await GivenOldRealmAsync();

        var applied = await RunAsync("repair", "--all", "--apply");

        Assert.Equal(0, applied.ExitCode);
        var realm = new RealmProbe(fixture, tenant);
        await realm.SetPasswordAsync(RealmProbe.Password);
        string employee = $"bob@{tenant.Key}.com";
        await realm.ImportUserAsync(employee, "Bob & Sally", "Smith/Dupont");
        var token = await realm.LogInAsync(employee);
        Assert.Equal(tenant.Id.ToString(), token.GetPayloadValue<string>("tenantId"));
        Assert.Equal([tenant.Resources.Client], (await realm.LogInAsync(tenant.Email)).Audiences);
        Assert.Equal((0, $"\u2714 {tenant.Key,-22} {tenant.Resources.Realm} is up to date\n"),
            await RunAsync("repair", tenant.Key));
    }

    [Fact]
    public async Task The_administrators_own_settings_stay()
    {
        var tenant = await GivenOldRealmAsync();
        string realm = tenant.Resources.Realm;
        var keycloak = fixture.Systems.Keycloak;
        var client = await new RealmProbe(fixture, tenant).FindClientAsync();
        await keycloak.UpdateClientAsync(realm, client.Id!, new ClientRepresentation
        {
            RedirectUris = [.. client.RedirectUris!, "https://own.example/*"],
            ProtocolMappers = [.. client.ProtocolMappers!, client.ProtocolMappers![0] with { Id = null, Name = "own" }],
        }, CancellationToken);
        var profile = await keycloak.UserProfileAsync(realm, CancellationToken);
        profile["attributes"]!.AsArray().Add(new JsonObject { ["name"] = "department" });
        await keycloak.UpdateUserProfileAsync(realm, profile, CancellationToken);
        await keycloak.UpdateRealmAsync(
            realm, new RealmRepresentation { DisplayName = "Ours", ResetPasswordAllowed = true }, CancellationToken);

        Assert.Equal(0, (await RunAsync("repair", tenant.Key, "--apply")).ExitCode);

        var repaired = await new RealmProbe(fixture, tenant).FindClientAsync();
        Assert.Contains("https://own.example/*", repaired.RedirectUris!);
        Assert.Contains($"https://{tenant.Key}.app.example.com/*", repaired.RedirectUris!);
        Assert.Equal(["audience", "own", "role", "tenantId"],
            repaired.ProtocolMappers!.Select(mapper => mapper.Name).Order());
        Assert.Contains("department", (await keycloak.UserProfileAsync(realm, CancellationToken)).ToJsonString(),
            StringComparison.Ordinal);
        var found = await keycloak.FindRealmAsync(realm, CancellationToken);
        Assert.Equal(("Ours", true), (found!.DisplayName, found.ResetPasswordAllowed));
    }

    [Fact]
    public async Task A_tenant_that_is_not_live_is_refused()
    {
        var tenant = await fixture.GivenTenantAsync();

        var (exitCode, output) = await RunAsync("repair", tenant.Key, "--apply");

        Assert.Equal(1, exitCode);
        Assert.Contains(
            "It is PENDING_PROVISION; only an ACTIVE tenant is repaired.", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("repair")]
    [InlineData("repair", "newcompany", "--all")]
    public async Task Either_a_key_or_all_is_expected(params string[] arguments) =>
        Assert.Equal(2, (await RunAsync(arguments)).ExitCode);

    [Fact]
    public async Task A_new_password_of_the_sender_is_written_on_request()
    {
        await using var restored = await fixture.ChangeSettingsAsync(
            ("TENANT_SMTP_HOST", "mail.example.com"), ("TENANT_SMTP_FROM", "no-reply@example.com"),
            ("TENANT_SMTP_USERNAME", "sender"), ("TENANT_SMTP_PASSWORD", "a-secret"));
        var tenant = await fixture.GivenTenantAsync();
        await (await fixture.StartAsync(tenant)).GetResultAsync();

        var unchanged = await RunAsync("repair", tenant.Key);
        var changed = await RunAsync("repair", tenant.Key, "--smtp-password", "--apply");

        Assert.Equal(0, unchanged.ExitCode);
        Assert.Equal((0, $"\u2013 {tenant.Key,-22} changed realm: smtpServer\n"), changed);
    }

    [Fact]
    public async Task Verify_names_the_differences_until_the_realm_is_repaired()
    {
        var tenant = await GivenOldRealmAsync();

        string before = (await RunAsync("verify", tenant.Key)).Output;
        await RunAsync("repair", tenant.Key, "--apply");
        string after = (await RunAsync("verify", tenant.Key)).Output;

        Assert.Contains($"(run `Worker repair {tenant.Key}`)", before, StringComparison.Ordinal);
        Assert.Contains($"\u2714 {"realm",-22} {tenant.Resources.Realm}\n", after, StringComparison.Ordinal);
        Assert.Contains($"\u2714 {"client",-22} {tenant.Resources.Client}\n", after, StringComparison.Ordinal);
    }

    // The step finishes the realm of a worker of an earlier version too.
    [Fact]
    public async Task The_step_brings_a_realm_of_its_attempt_up_to_date()
    {
        var tenant = await GivenOldRealmAsync();
        await fixture.SetStateAsync(tenant, attempt: 1, "PROVISIONING");

        await new StepRun<CreateIdp>(fixture, tenant.Attempt(1)).ExecuteAsync();

        await fixture.SetStateAsync(tenant, attempt: 1, "ACTIVE");
        Assert.Equal(0, (await RunAsync("repair", tenant.Key)).ExitCode);
        Assert.NotNull(await fixture.Systems.FindAdminUserAsync(tenant));
    }

    // The realm as version 0.9 made it.
    private async Task<TestTenant> GivenOldRealmAsync()
    {
        var tenant = await fixture.GivenTenantAsync();
        var wanted = fixture.BuildRealm(tenant, tenant.MarkOf());
        var old = new RealmRepresentation
        {
            Id = wanted.Id,
            Realm = wanted.Realm,
            DisplayName = "Old",
            Enabled = true,
            SslRequired = "external",
            RegistrationAllowed = false,
            LoginWithEmailAllowed = true,
            ResetPasswordAllowed = false,
            BruteForceProtected = true,
            PasswordPolicy = "length(12) and notUsername(undefined) and notEmail(undefined)",
            Attributes = tenant.MarkOf().Tags,
            Clients = [OldClient(tenant)],
            Components = wanted.Components!.ToDictionary(component => component.Key,
                component => (IReadOnlyList<ComponentRepresentation>)[new ComponentRepresentation
                {
                    ProviderId = component.Value[0].ProviderId,
                    Config = new Dictionary<string, IReadOnlyList<string>>
                    {
                        ["kc.user.profile.config"] = [OldProfile()],
                    },
                }]),
        };
        Assert.True(await fixture.Systems.Keycloak.CreateRealmAsync(old, CancellationToken));
        await fixture.SetStateAsync(tenant, attempt: 1, "PROVISIONING");
        await new StepRun<CreateAdminUser>(fixture, tenant.Attempt(1)).ExecuteAsync();
        await fixture.SetStateAsync(tenant, attempt: 1, "ACTIVE");
        return tenant;
    }

    private static ClientRepresentation OldClient(TestTenant tenant) => new()
    {
        ClientId = tenant.Resources.Client,
        Protocol = "openid-connect",
        Enabled = true,
        PublicClient = true,
        StandardFlowEnabled = true,
        ImplicitFlowEnabled = false,
        DirectAccessGrantsEnabled = false,
        ServiceAccountsEnabled = false,
        RedirectUris = [$"https://{tenant.Key}.com/*"],
        WebOrigins = [$"https://{tenant.Key}.com"],
        Attributes = new Dictionary<string, string>
        {
            ["pkce.code.challenge.method"] = "S256",
            ["post.logout.redirect.uris"] = $"https://{tenant.Key}.com/*",
        },
        ProtocolMappers = [.. ((string[])["tenantId", "role"]).Select(name => new ProtocolMapperRepresentation
        {
            Name = name,
            Protocol = "openid-connect",
            ProtocolMapper = "oidc-usermodel-attribute-mapper",
            Config = new Dictionary<string, string>
            {
                ["user.attribute"] = name,
                ["claim.name"] = name,
                ["jsonType.label"] = "String",
                ["id.token.claim"] = "true",
                ["access.token.claim"] = "true",
                ["userinfo.token.claim"] = "true",
                ["introspection.token.claim"] = "true",
            },
        })],
    };

    private static string OldProfile()
    {
        var profile = TenantRealmTemplate.Profile;
        foreach (var name in profile["attributes"]!.AsArray().Where(
            attribute => $"{attribute!["name"]}" is "firstName" or "lastName"))
        {
            name!["validations"] = new JsonObject
            {
                ["length"] = new JsonObject { ["max"] = 255 },
                ["person-name-prohibited-characters"] = new JsonObject(),
            };
        }

        return profile.ToJsonString();
    }

    private async Task<(int ExitCode, string Output)> RunAsync(params string[] arguments)
    {
        using var output = new StringWriter();
        int exitCode = await CommandLine.RunAsync(
            arguments,
            new CommandContext(fixture.RegisteredSystems) { Output = output, Host = fixture.HostSettings });
        return (exitCode, output.ToString());
    }
}
