using Sandbox.Control;
using Torture.Environments;

namespace Torture.Cells;

/// <summary>
/// The states of a whole system in which the worker cannot use its connection, until someone ends them.
/// </summary>
internal static class ConnectionState
{
    public const string ReadOnly = "postgres-read-only", PasswordRotated = "postgres-rotated",
        KeycloakRotated = "keycloak-rotated", S3Rotated = "s3-rotated", NovuRotated = "novu-rotated";

    // Several tries of each call happen meanwhile.
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(3);

    public static IReadOnlyList<string> All { get; } =
        [ReadOnly, PasswordRotated, KeycloakRotated, S3Rotated, NovuRotated];

    /// <summary>Puts a system into the state, releases the held calls, and ends the state after some seconds.</summary>
    public static async Task RunAsync(
        string state, TortureEnvironment environment, Func<Task> release, CancellationToken cancellationToken)
    {
        var observer = environment.Observer;
        switch (state)
        {
            case ReadOnly:
                await observer.SetReadOnlyAsync(true, cancellationToken);
                await DuringAsync(() => observer.SetReadOnlyAsync(false, CancellationToken.None));
                break;
            case PasswordRotated:
                await observer.RotatePasswordAsync(isRotated: true, cancellationToken);
                await DuringAsync(() => observer.RotatePasswordAsync(isRotated: false, CancellationToken.None));
                break;
            default:
                var fault = await environment.Sandbox.SetFaultAsync(RefusalOf(state));
                await DuringAsync(() => fault.DisposeAsync().AsTask());
                break;
        }

        async Task DuringAsync(Func<Task> end)
        {
            try
            {
                await release();
                await Task.Delay(Duration, TimeProvider.System, cancellationToken);
            }
            finally
            {
                await end();
            }
        }
    }

    private static FaultRule RefusalOf(string state) => state switch
    {
        S3Rotated => new()
        {
            System = "s3",
            Count = 0,
            Status = 403,
            Body = "<Error><Code>InvalidAccessKeyId</Code><Message>It does not exist.</Message></Error>",
            ContentType = "application/xml",
        },
        KeycloakRotated => new() { System = "keycloak", Count = 0, Status = 401, Body = "{}" },
        _ => new() { System = "novu", Path = "/v*", Count = 0, Status = 401, Body = "{}" },
    };
}
