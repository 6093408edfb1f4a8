using System.Net;
using System.Net.Sockets;
using Worker.Commands;
using Worker.Commands.Doctor;

namespace Worker.Systems.Keycloak;

internal static class KeycloakDoctorChecks
{
    public static IReadOnlyList<DoctorCheck> For(CommandHost host) =>
    [
        new("Keycloak", token => ReachableAsync(host, token), "Start Keycloak and check KEYCLOAK_URL."),
        new("Keycloak credentials", token => CredentialsAsync(host, token),
            "Run `Worker setup` (or ./dev setup) and configure the secret that it writes.", Needs: "Keycloak"),
        new("right to create realms", token => RealmsAsync(host, token),
            "Run `Worker setup` (or ./dev setup) as Keycloak's administrator.", Needs: "Keycloak credentials"),
        new("tenants' mail", token => TenantMailAsync(host, token),
            "Start the mail server, and check TENANT_SMTP_HOST and TENANT_SMTP_PORT."),
    ];

    private static async Task<DoctorResult> TenantMailAsync(CommandHost host, CancellationToken cancellationToken)
    {
        if (TenantMailSender.From(host.Settings) is not { } sender)
        {
            return DoctorResult.Off("tenants' realms send no mail: password reset and invitations of colleagues are "
                + "off (TENANT_SMTP_HOST)");
        }

        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(TimeSpan.FromSeconds(10));
        try
        {
            using var connection = new TcpClient();
            await connection.ConnectAsync(sender.Host, sender.Port, timeout.Token);
            // With TLS from the first byte on, the server waits for the client.
            using var reader = new StreamReader(connection.GetStream());
            return sender.BeginsWithTls || await reader.ReadLineAsync(timeout.Token) is ['2', '2', '0', ..]
                ? DoctorResult.Ok($"{sender} answers; existing realms get it by `Worker repair --all`")
                : DoctorResult.Problem($"{sender} does not answer as a mail server",
                    "Correct TENANT_SMTP_HOST, TENANT_SMTP_PORT and TENANT_SMTP_ENCRYPTION.");
        }
        catch (Exception e) when (e is SocketException or IOException
            || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return DoctorResult.Problem($"{sender} cannot be reached from here",
                "Check TENANT_SMTP_HOST and TENANT_SMTP_PORT. Keycloak must reach it too.");
        }
    }

    private static async Task<DoctorResult> ReachableAsync(CommandHost host, CancellationToken cancellationToken)
    {
        if (KeycloakOptions.From(host.Settings) is not { } options)
        {
            return DoctorResult.Problem("it is switched off: tenants get no realm",
                "Set KEYCLOAK_ENABLED=true and KEYCLOAK_URL, and restart the worker.");
        }

        var address = new Uri($"{options.Url}/realms/{options.Realm}/.well-known/openid-configuration");
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(10) };
        using var answer = await http.GetAsync(address, cancellationToken);
        return answer.IsSuccessStatusCode
            ? DoctorResult.Ok($"{options.Url} answers for the realm {options.Realm}")
            : DoctorResult.Problem($"{address} answers {(int)answer.StatusCode}",
                "Check that KEYCLOAK_URL is Keycloak's address, including its path if it has one, "
                + "and that KEYCLOAK_REALM is the realm's name.");
    }

    private static async Task<DoctorResult> CredentialsAsync(CommandHost host, CancellationToken cancellationToken)
    {
        var options = host.GetService<KeycloakOptions>();
        try
        {
            await host.GetService<KeycloakTokens>().GetAsync(cancellationToken);
            return DoctorResult.Ok($"{options.ClientId} gets a token");
        }
        catch (OutsideSystemException e) when (e.Status is HttpStatusCode.BadRequest or HttpStatusCode.Unauthorized)
        {
            return DoctorResult.Problem($"Keycloak refuses {options.ClientId}: {e.Reason}", options.ClientSecret is null
                ? "Correct KEYCLOAK_ADMIN_USERNAME and KEYCLOAK_ADMIN_PASSWORD, and restart the worker."
                : "Correct KEYCLOAK_ADMIN_CLIENT_ID and KEYCLOAK_ADMIN_CLIENT_SECRET "
                    + "(`Worker setup --worker-secret-file`, or ./dev setup, writes it), and restart the worker.");
        }
    }

    // Keycloak checks the right before the body, and never creates a realm without a name.
    private static async Task<DoctorResult> RealmsAsync(CommandHost host, CancellationToken cancellationToken)
    {
        try
        {
            await host.GetService<IKeycloakApi>().CreateRealmAsync(
                new RealmRepresentation { Realm = "" }, cancellationToken);
        }
        catch (OutsideSystemException e) when (e.Status == HttpStatusCode.BadRequest)
        {
            return DoctorResult.Ok("this account may create realms");
        }
        catch (OutsideSystemException e) when (e.Status == HttpStatusCode.Forbidden)
        {
            return DoctorResult.Problem("this account may not create realms",
                "Run `Worker setup` as Keycloak's administrator (or ./dev setup): it grants "
                    + $"{WorkerAccount.Name(host.Settings)} the role create-realm.");
        }

        throw new CommandException("Keycloak accepted a realm without a name.");
    }
}
