using Api.RateLimits;
using ControlPlane.Persistence;
using ControlPlane.Settings;
using ControlPlane.Temporal;
using Npgsql;
using Temporalio.Client;
using Temporalio.Exceptions;

namespace Api.Health;

/// <summary>Checks the database and Temporal in parallel, with a timeout of two seconds.</summary>
public sealed class ReadinessCheck(
    IServiceProvider services, HttpHead head, RateLimitOptions limits, TimeProvider time)
{
    private const string Ok = "ok";
    private const string NotConfigured = "not_configured";
    private const string NotMigrated = "not_migrated";
    private const string Unreachable = "unreachable";

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(2);

    public async Task<HealthResponse> CheckAsync(CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(Timeout, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        var database = CheckDatabaseAsync(linked.Token);
        var temporal = CheckTemporalAsync(linked.Token);
        await Task.WhenAll(database, temporal);
        var (state, migration) = await database;
        bool isReady = (state, await temporal) is (Ok, Ok);
        string address = head.CountsCallersAsOne(limits) ? "hidden" : "known";
        return new HealthResponse(
            isReady ? HealthResponse.Ready : "unavailable", state, await temporal, address, ReadKeys(), migration);
    }

    private IReadOnlyList<string> ReadKeys()
    {
        try
        {
            return services.GetRequiredService<ControlPlaneWorkflows>().PayloadKeys;
        }
        catch (MissingSettingException)
        {
            return [];
        }
    }

    private async Task<(string State, string? Migration)> CheckDatabaseAsync(CancellationToken cancellationToken)
    {
        try
        {
            var missing = await Migrations.FindMissingAsync(
                services.GetRequiredService<NpgsqlDataSource>(), cancellationToken);
            return missing is null ? (Ok, null) : (NotMigrated, missing.Migration);
        }
        catch (MissingSettingException)
        {
            return (NotConfigured, null);
        }
        catch (OlderDatabaseException e)
        {
            return (NotMigrated, e.Migration);
        }
        catch (Exception e) when (e is NpgsqlException or OperationCanceledException or TimeoutException
            or System.Net.Sockets.SocketException)
        {
            return (Unreachable, null);
        }
    }

    private async Task<string> CheckTemporalAsync(CancellationToken cancellationToken)
    {
        try
        {
            var workflows = services.GetRequiredService<ControlPlaneWorkflows>();
            await workflows.Client.Connection.WorkflowService.DescribeNamespaceAsync(
                new() { Namespace = workflows.Namespace },
                new RpcOptions { CancellationToken = cancellationToken, Retry = false });
            return Ok;
        }
        catch (MissingSettingException)
        {
            return NotConfigured;
        }
        catch (RpcException e) when (e.Code == RpcException.StatusCode.NotFound)
        {
            return "namespace_missing";
        }
        catch (Exception e) when (e is RpcException or InvalidOperationException or OperationCanceledException)
        {
            return Unreachable;
        }
    }
}
