using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using Testing;
using Worker.Systems.Keycloak.Login;
using Worker.Tests.Support;

namespace Worker.Tests.Steps;

/// <summary>A realm with a sender, on the real server: the stand-in sends no mail.</summary>
public sealed class TenantMailTests(ProvisioningFixture fixture) : IClassFixture<ProvisioningFixture>
{
    private const string NewPassword = "another-long-password-7";

    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_user_resets_the_password_by_mail_and_logs_in()
    {
        Assert.SkipWhen(ContractServers.Keycloak is null, "Only the real Keycloak sends mail: KEYCLOAK_CONTRACT_URL.");
        await using var sink = new MailSink();
        await using var restored = await UseAsync(sink);
        var realm = await RealmProbe.CreateAsync(fixture);
        using var http = LoginHttp.Create();
        var browser = new BrowserSession(http, realm.Application);
        var login = await browser.OpenAsync(realm.AuthorizationUri, CancellationToken);
        var forgot = await browser.OpenAsync(
            new Uri(login.Page!.Address, login.Page.Document.QuerySelector("a[href*=reset-credentials]")!
                .GetAttribute("href")!),
            CancellationToken);
        await browser.SubmitAsync(
            forgot.Page!, forgot.Page!.FindForm("username")!, [new("username", realm.Tenant.Email)], CancellationToken);

        string mail = await sink.ReadAsync(CancellationToken);
        var update = await browser.OpenAsync(MailSink.LinkIn(mail), CancellationToken);
        var end = await SetPasswordAsync(browser, update);

        Assert.Contains("From: Example <no-reply@example.com>", mail, StringComparison.Ordinal);
        Assert.StartsWith(realm.Application.AbsoluteUri, end.Redirect!.AbsoluteUri, StringComparison.Ordinal);
        var token = await realm.LogInAsync(realm.Tenant.Email, password: NewPassword);
        Assert.Equal(realm.Issuer, token.Issuer);
    }

    [Fact]
    public async Task The_admin_invites_a_colleague_by_mail_who_sets_a_password_and_logs_in()
    {
        Assert.SkipWhen(ContractServers.Keycloak is null, "Only the real Keycloak sends mail: KEYCLOAK_CONTRACT_URL.");
        await using var sink = new MailSink();
        await using var restored = await UseAsync(sink);
        var realm = await RealmProbe.CreateAsync(fixture);
        string email = $"erin@{realm.Tenant.Key}.com";
        string id = await realm.AddUserAsync(email, "Erin", "Employee");

        await InviteAsync(realm, id, await realm.LogInToConsoleAsync(realm.Tenant.Email));
        var link = MailSink.LinkIn(await sink.ReadAsync(CancellationToken));
        using var http = LoginHttp.Create();
        var browser = new BrowserSession(http, realm.Application);
        var info = await browser.OpenAsync(link, CancellationToken);
        var update = await browser.OpenAsync(
            new Uri(info.Page!.Address, info.Page.Document.QuerySelector("a[href*=action-token]")!
                .GetAttribute("href")!),
            CancellationToken);
        await SetPasswordAsync(browser, update);

        var token = await realm.LogInAsync(email, password: NewPassword);
        Assert.Equal(realm.Tenant.Id.ToString(), token.GetPayloadValue<string>("tenantId"));
    }

    private static Task<BrowserSession.Step> SetPasswordAsync(BrowserSession browser, BrowserSession.Step step) =>
        browser.SubmitAsync(
            step.Page!, step.Page!.FindForm("password-new")!,
            [new("password-new", NewPassword), new("password-confirm", NewPassword)], CancellationToken);

    private async Task InviteAsync(RealmProbe realm, string user, string accessToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, new Uri(
            fixture.Sandbox.Keycloak!, $"/admin/realms/{realm.Realm}/users/{user}/execute-actions-email"));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", accessToken);
        request.Content = JsonContent.Create((string[])["UPDATE_PASSWORD"]);
        using var http = new HttpClient();
        using var response = await http.SendAsync(request, CancellationToken);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync(CancellationToken));
    }

    private Task<Restored> UseAsync(MailSink sink) => fixture.ChangeSettingsAsync(
        ("TENANT_SMTP_HOST", "127.0.0.1"), ("TENANT_SMTP_PORT", sink.Port.ToString(CultureInfo.InvariantCulture)),
        ("TENANT_SMTP_ENCRYPTION", "none"), ("TENANT_SMTP_FROM", "no-reply@example.com"),
        ("TENANT_SMTP_FROM_NAME", "Example"));
}
