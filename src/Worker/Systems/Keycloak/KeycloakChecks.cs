using System.Net;
using Worker.Commands;
using Worker.Commands.Doctor;

namespace Worker.Systems.Keycloak;

internal static class KeycloakChecks
{
    public static IReadOnlyList<Check> For(CommandHost host) =>
    [
        new("Keycloak", token => ReachableAsync(host, token), "Start Keycloak, and see that KEYCLOAK_URL names it."),
        new("Keycloak credentials", token => CredentialsAsync(host, token),
            "Run `Worker setup` (or ./dev setup) and give its secret."),
        new("right to create realms", token => RealmsAsync(host, token),
            "Run `Worker setup` (or ./dev setup) as Keycloak's administrator."),
    ];

    private static async Task<CheckResult> ReachableAsync(CommandHost host, CancellationToken cancellationToken)
    {
        if (KeycloakOptions.From(host.Settings) is not { } options)
        {
            return CheckResult.Problem("it is switched off: tenants get no realm",
                "Set KEYCLOAK_ENABLED=true and KEYCLOAK_URL, and restart the worker.");
        }

        var address = new Uri($"{options.Url}/realms/{options.Realm}/.well-known/openid-configuration");
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(10) };
        using var answer = await http.GetAsync(address, cancellationToken);
        return answer.IsSuccessStatusCode
            ? CheckResult.Ok($"{options.Url} answers for the realm {options.Realm}")
            : CheckResult.Problem($"{address} answers {(int)answer.StatusCode}",
                "See that KEYCLOAK_URL is Keycloak's address with its path, if it has one, "
                + "and KEYCLOAK_REALM the realm's name.");
    }

    private static async Task<CheckResult> CredentialsAsync(CommandHost host, CancellationToken cancellationToken)
    {
        var options = host.Outside<KeycloakOptions>();
        try
        {
            await host.Outside<KeycloakTokens>().GetAsync(cancellationToken);
            return CheckResult.Ok($"{options.ClientId} gets a token");
        }
        catch (OutsideSystemException e) when (e.Status is HttpStatusCode.BadRequest or HttpStatusCode.Unauthorized)
        {
            return CheckResult.Problem($"Keycloak refuses {options.ClientId}: {e.Reason}", options.ClientSecret is null
                ? "Correct KEYCLOAK_ADMIN_USERNAME and KEYCLOAK_ADMIN_PASSWORD, and restart the worker."
                : "Correct KEYCLOAK_ADMIN_CLIENT_ID and KEYCLOAK_ADMIN_CLIENT_SECRET "
                    + "(`Worker setup --worker-secret-file`, or ./dev setup, writes it), and restart the worker.");
        }
    }

    // Keycloak asks for the right before it looks at the body: a realm without a name is never made.
    private static async Task<CheckResult> RealmsAsync(CommandHost host, CancellationToken cancellationToken)
    {
        try
        {
            await host.Outside<IKeycloakApi>().CreateRealmAsync(
                new RealmRepresentation { Realm = "" }, cancellationToken);
        }
        catch (OutsideSystemException e) when (e.Status == HttpStatusCode.BadRequest)
        {
            return CheckResult.Ok("Keycloak would take a realm from this account");
        }
        catch (OutsideSystemException e) when (e.Status == HttpStatusCode.Forbidden)
        {
            return CheckResult.Problem("this account may not create realms",
                "Run `Worker setup` as Keycloak's administrator (or ./dev setup): it gives "
                    + $"{WorkerAccount.Name(host.Settings)} the role create-realm.");
        }

        throw new CommandException("Keycloak took a realm without a name.");
    }
}
