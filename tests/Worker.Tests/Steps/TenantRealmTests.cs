using System.Net;
using ControlPlane;
using Worker.Tests.Support;

namespace Worker.Tests.Steps;

/// <summary>The realm that the steps make, as the tenant's administrator and employees see it.</summary>
public sealed class TenantRealmTests(ProvisioningFixture fixture) : IClassFixture<ProvisioningFixture>
{
    [Fact]
    public async Task The_admins_token_at_the_application_carries_no_roles_of_the_realm_and_names_the_application()
    {
        var realm = await RealmProbe.CreateAsync(fixture);

        var token = await realm.LogInAsync(realm.Tenant.Email);

        Assert.Equal([realm.Tenant.Resources.Client], token.Audiences);
        Assert.DoesNotContain(token.Claims, claim => claim.Type is "realm_access" or "resource_access");
        Assert.Equal("admin", token.GetPayloadValue<string>("role"));
        Assert.Equal(HttpStatusCode.Forbidden, await realm.ChangeRealmAsync(token.EncodedToken));
    }

    [Fact]
    public async Task The_admin_still_administers_the_realm_at_its_console()
    {
        var realm = await RealmProbe.CreateAsync(fixture);

        string token = await realm.LogInToConsoleAsync(realm.Tenant.Email);

        Assert.Equal(HttpStatusCode.NoContent, await realm.ChangeRealmAsync(token));
    }

    [Fact]
    public async Task An_employee_without_attributes_has_the_tenants_id_and_no_role()
    {
        var realm = await RealmProbe.CreateAsync(fixture);
        string employee = $"erin@{realm.Tenant.Key}.com";
        await realm.AddEmployeeAsync(employee);

        var token = await realm.LogInAsync(employee);

        Assert.Equal(realm.Tenant.Id.ToString(), token.GetPayloadValue<string>("tenantId"));
        Assert.False(token.TryGetPayloadValue("role", out string? _));
    }

    [Fact]
    public async Task The_admin_user_keeps_tenant_and_role_as_attributes()
    {
        var realm = await RealmProbe.CreateAsync(fixture);

        var admin = await fixture.Systems.FindAdminUserAsync(realm.Tenant);

        Assert.Equal([realm.Tenant.Id.ToString()], admin!.Attributes!["tenantId"]);
        Assert.Equal(["admin"], admin.Attributes["role"]);
    }

    [Theory]
    [InlineData("Bob & Sally", "Smith/Dupont")]
    [InlineData("\"Bo\" (jr.)", "100% [x] {y} a=b ~^*!?\u00A7$|\\#;")]
    public async Task A_name_that_sign_up_admits_logs_in_without_a_further_page(string firstName, string lastName)
    {
        var realm = await RealmProbe.CreateAsync(fixture);
        string user = $"bob@{realm.Tenant.Key}.com";
        await realm.ImportUserAsync(
            user, PersonName.Required(firstName, "firstName"), PersonName.Required(lastName, "lastName"));

        var token = await realm.LogInAsync(user);

        Assert.Equal(firstName, token.GetPayloadValue<string>("given_name"));
    }

    // Every character of the first Unicode blocks and some of others, in names of eight characters.
    [Fact]
    public async Task Sign_up_and_realm_admit_the_same_names()
    {
        var realm = await RealmProbe.CreateAsync(fixture);
        string[] names =
        [
            .. Enumerable.Range(0x20, 0x230).Chunk(8)
                .Append([0x2019, 0x2013, 0x20AC, 0x4E00, 0x30A2, 0xAC00, 0x0915, 0x05D0])
                .Append([0x1F680, 0x200D, 0x0301, 0x00A0, 0x3000, 0x0416, 0x0639, 0x1E9E])
                .Select(chunk => string.Concat(chunk.Select(char.ConvertFromUtf32))),
            "\u2800", "\u200B\u200D", "\u00A0", "<b>", "x<", "x>", "x\ny", "x\u202Ey",
        ];

        foreach (var (name, i) in names.Select((name, i) => (name, i)))
        {
            string user = $"user-{i}@{realm.Tenant.Key}.com";
            await realm.ImportUserAsync(user, name, "Name");
            var status = await fixture.LogInAsync(realm.Tenant with { Email = user }, RealmProbe.Password);
            Assert.True(IsAdmitted(name) == (status == HttpStatusCode.OK), $"{i}: {name} {status}");
        }
    }

    [Theory]
    [InlineData("https://{key}.app.example.com")]
    [InlineData("https://{key}.app.example.com/callback?from=mail")]
    [InlineData("https://{key}.com/callback")]
    public async Task The_application_logs_in_at_the_mails_address_and_at_the_own_domain(string address)
    {
        var realm = await RealmProbe.CreateAsync(fixture);

        var token = await realm.LogInAsync(
            realm.Tenant.Email, address.Replace("{key}", realm.Tenant.Key, StringComparison.Ordinal));

        Assert.Equal(realm.Issuer, token.Issuer);
    }

    [Fact]
    public async Task The_realm_keeps_events_and_limits_guesses_and_the_lives_of_tokens()
    {
        var probe = await RealmProbe.CreateAsync(fixture);

        var realm = await fixture.Systems.Keycloak.FindRealmAsync(probe.Realm, TestContext.Current.CancellationToken);

        Assert.Equal((true, 7_776_000L, true, "7776000"), (realm!.EventsEnabled!.Value, realm.EventsExpiration!.Value,
            realm.AdminEventsEnabled!.Value, realm.Attributes!["adminEventsExpiration"]));
        Assert.Equal((true, 10), (realm.BruteForceProtected!.Value, realm.FailureFactor!.Value));
        Assert.Equal((true, 0), (realm.RevokeRefreshToken!.Value, realm.RefreshTokenMaxReuse!.Value));
        Assert.Equal((300, 1800, 36_000), (realm.AccessTokenLifespan!.Value, realm.SsoSessionIdleTimeout!.Value,
            realm.SsoSessionMaxLifespan!.Value));
        Assert.Equal((true, 2_592_000),
            (realm.OfflineSessionMaxLifespanEnabled!.Value, realm.OfflineSessionMaxLifespan!.Value));
        Assert.False(realm.ResetPasswordAllowed);
        Assert.Empty(realm.SmtpServer ?? new Dictionary<string, string>());
    }

    [Theory]
    [InlineData("short", "minimum length 12")]
    [InlineData("{email}", "the username")]
    [InlineData("x{email}x", "the username")]
    [InlineData("Password2026!", "regex")]
    [InlineData("qwertyQwerty1", "regex")]
    [InlineData("{key}-{key}-2026", "regex")]
    [InlineData("135792468013", "regex")]
    [InlineData("zzzzzzzzzzzz", "regex")]
    [InlineData("password of my aunt", null)]
    [InlineData("Wy7-fhq0-Lk2e", null)]
    public async Task A_password_that_is_easy_to_guess_is_refused(string password, string? reason)
    {
        var realm = await RealmProbe.CreateAsync(fixture);

        string? refusal = await realm.SetPasswordAsync(password
            .Replace("{email}", realm.Tenant.Email, StringComparison.Ordinal)
            .Replace("{key}", realm.Tenant.Key, StringComparison.Ordinal));

        Assert.Equal(reason is null, refusal is null);
        Assert.Contains(reason ?? "", refusal ?? "", StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_realm_has_the_sender_of_the_settings_and_resets_passwords()
    {
        await using var restored = await fixture.ChangeSettingsAsync(
            ("TENANT_SMTP_HOST", "mail.example.com"), ("TENANT_SMTP_FROM", "no-reply@example.com"),
            ("TENANT_SMTP_FROM_NAME", "Example"), ("TENANT_SMTP_USERNAME", "sender"),
            ("TENANT_SMTP_PASSWORD", "a-secret"));
        var probe = await RealmProbe.CreateAsync(fixture);

        var realm = await fixture.Systems.Keycloak.FindRealmAsync(probe.Realm, TestContext.Current.CancellationToken);

        Assert.True(realm!.ResetPasswordAllowed);
        Assert.Equal(new Dictionary<string, string>
        {
            ["host"] = "mail.example.com",
            ["port"] = "587",
            ["from"] = "no-reply@example.com",
            ["fromDisplayName"] = "Example",
            ["starttls"] = "true",
            ["ssl"] = "false",
            ["auth"] = "true",
            ["user"] = "sender",
            ["password"] = "**********",
        }, realm.SmtpServer);
    }

    private static bool IsAdmitted(string name)
    {
        try
        {
            PersonName.Required(name, "firstName");
            return true;
        }
        catch (ControlPlaneException)
        {
            return false;
        }
    }
}
