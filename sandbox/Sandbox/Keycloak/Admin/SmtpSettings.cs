using Sandbox.Keycloak.Model;

namespace Sandbox.Keycloak.Admin;

/// <summary>
/// The password in a realm's <c>smtpServer</c>: shown as asterisks, and kept if the asterisks are sent back, also with
/// another host.
/// </summary>
internal static class SmtpSettings
{
    private const string Password = "password", Masked = "**********";

    public static Document Mask(Document server) =>
        server.Has(Password) ? server.With(Password, Masked) : server;

    public static Document WithPassword(Document sent, Document stored) => sent.GetString(Password) != Masked
        ? sent
        : stored.GetString(Password) is { } password ? sent.With(Password, password) : sent.Without(Password);
}
