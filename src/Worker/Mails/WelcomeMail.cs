using System.Globalization;
using ControlPlane;
using ControlPlane.Invitations;
using ControlPlane.Security;
using ControlPlane.Tenants;
using Worker.Systems.Novu;

namespace Worker.Mails;

/// <summary>
/// Sends the welcome mail to the admin user, with the invitation link that sets the first password. The token is in the
/// fragment of the URL, so that no server logs it.
/// </summary>
public sealed class WelcomeMail(
    NovuMail mail,
    NovuOptions novu,
    MailBrand brand,
    MailLinks links,
    MailedTokens tokens,
    TenantRepository tenants)
{
    /// <summary>Sends the mail with the link of this invitation.</summary>
    /// <exception cref="ControlPlaneException">The tenant does not exist.</exception>
    public async Task SendAsync(Guid tenantId, Invitation invitation, CancellationToken cancellationToken)
    {
        var tenant = await tenants.FindAsync(tenantId, cancellationToken)
            ?? throw new ControlPlaneException(ErrorCode.NotFound, $"There is no tenant {tenantId:D}.");
        var admin = tenant.Contacts.First(contact => contact.IsPrimary);
        string token = tokens.Create(MailedTokenKind.Invitation, invitation.Id, invitation.Generation);
        var payload = brand.AddTo(new()
        {
            ["tenantId"] = tenantId.ToString("D"),
            ["tenantName"] = tenant.Name,
            ["firstName"] = admin.FirstName,
            ["lastName"] = admin.LastName,
            ["appPlaneUrl"] = links.Applications.For(tenant.Key, tenant.ProvenDomains).Application,
            ["adminPortalUrl"] = links.KeycloakUrl is { } keycloak
                ? $"{keycloak}/admin/{TenantResources.RealmOf(tenant.Key)}/console/"
                : links.PublicBaseUrl,
            ["loginUrl"] = $"{links.PublicBaseUrl}/invitations#{token}",
            ["pageUrl"] = $"{links.PublicBaseUrl}/invitations",
            ["code"] = token,
            // Without Keycloak there is no login.
            ["loginName"] = links.KeycloakUrl is null ? "" : admin.LoginName,
        });
        await mail.SendAsync(
            novu.WelcomeTemplate,
            new NovuSubscriber(
                NovuMail.SubscriberId(tenantId, admin.Email), admin.Email, admin.FirstName, admin.LastName),
            payload,
            string.Create(CultureInfo.InvariantCulture, $"tenant-welcome-{tenantId:D}-{invitation.Generation}"),
            cancellationToken);
    }
}
