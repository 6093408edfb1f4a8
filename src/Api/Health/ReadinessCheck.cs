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
    private const string Unreachable = "unreachable";

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(2);

    public async Task<HealthResponse> CheckAsync(CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(Timeout, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        var database = CheckDatabaseAsync(linked.Token);
        var temporal = CheckTemporalAsync(linked.Token);
        await Task.WhenAll(database, temporal);
        bool isReady = (await database, await temporal) is (Ok, Ok);
        string address = head.CountsCallersAsOne(limits) ? "hidden" : "known";
        return new HealthResponse(
            isReady ? HealthResponse.Ready : "unavailable", await database, await temporal, address, ReadKeys());
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

    private async Task<string> CheckDatabaseAsync(CancellationToken cancellationToken)
    {
        try
        {
            await services.GetRequiredService<NpgsqlDataSource>()
                .Command("SELECT 1 FROM leads LIMIT 1").ExecuteAsync(cancellationToken);
            return Ok;
        }
        catch (MissingSettingException)
        {
            return NotConfigured;
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.UndefinedTable)
        {
            return "not_migrated";
        }
        catch (Exception e) when (e is NpgsqlException or OperationCanceledException or TimeoutException
            or System.Net.Sockets.SocketException)
        {
            return Unreachable;
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
