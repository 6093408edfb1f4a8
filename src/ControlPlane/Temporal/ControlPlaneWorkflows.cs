using System.Linq.Expressions;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.ErrorDetails.V1;
using Temporalio.Client;
using Temporalio.Exceptions;

namespace ControlPlane.Temporal;

/// <summary>
/// The control plane's workflows as the functions start them. The connection is made by the first call, so that a
/// process starts fast and without Temporal; arguments become JSON without reflection.
/// </summary>
/// <param name="options">Read by the first call: what does not need Temporal runs without its settings.</param>
public sealed class ControlPlaneWorkflows(Lazy<TemporalOptions> options)
{
    private readonly Lazy<ITemporalClient> client = new(() => TemporalClient.CreateLazy(
        TemporalConnection.ConnectOptions(options.Value, TemporalJson.Default.Options)));

    public ITemporalClient Client => client.Value;

    public string Namespace => options.Value.Namespace;

    /// <summary>Starts the workflow of this id, or finds the run that is open; a closed one does not count.</summary>
    /// <exception cref="ControlPlaneException"><c>unavailable</c>: Temporal cannot be reached.</exception>
    public Task<WorkflowHandle<TWorkflow, TResult>> StartAsync<TWorkflow, TResult>(
        Expression<Func<TWorkflow, Task<TResult>>> run,
        string id,
        IReadOnlyDictionary<string, object>? memo,
        CancellationToken cancellationToken) =>
        ReachAsync(() => Client.StartWorkflowAsync(run, Options(id, memo, cancellationToken)));

    /// <inheritdoc cref="StartAsync{TWorkflow, TResult}"/>
    public Task<WorkflowHandle<TWorkflow>> StartAsync<TWorkflow>(
        Expression<Func<TWorkflow, Task>> run, string id, CancellationToken cancellationToken) =>
        ReachAsync(() => Client.StartWorkflowAsync(run, Options(id, null, cancellationToken)));

    /// <summary>A call to Temporal whose failure to get there is said as <c>unavailable</c>.</summary>
    public static async Task<T> ReachAsync<T>(Func<Task<T>> call)
    {
        try
        {
            return await call();
        }
        catch (RpcException e) when (e.Code is RpcException.StatusCode.NotFound)
        {
            throw new ControlPlaneException(ErrorCode.Unavailable,
                "Temporal does not know the namespace (or the run). Has `setup` been run against this server?");
        }
        catch (RpcException e) when (e.Code is RpcException.StatusCode.Unavailable
            or RpcException.StatusCode.DeadlineExceeded or RpcException.StatusCode.ResourceExhausted
            or RpcException.StatusCode.Unknown or RpcException.StatusCode.Internal)
        {
            throw Unavailable();
        }
        catch (InvalidOperationException e) when (e.Message.StartsWith("Connection failed", StringComparison.Ordinal))
        {
            // What the SDK throws when nothing listens; it has no type of its own.
            throw Unavailable();
        }
    }

    /// <summary>A call about a run; null where there is none, or none that is open.</summary>
    /// <exception cref="ControlPlaneException"><c>unavailable</c>: Temporal cannot be reached.</exception>
    public static Task<T?> FindAsync<T>(Func<Task<T>> call)
        where T : class =>
        ReachAsync(async () =>
        {
            try
            {
                return await call();
            }
            catch (RpcException e) when (e.Code is RpcException.StatusCode.NotFound && IsAboutRun(e))
            {
                return null;
            }
        });

    // A namespace that is missing is not found either, and says nothing about any run.
    private static bool IsAboutRun(RpcException e) => !(e.GrpcStatus.Value?.Details ?? []).Any(detail =>
        detail.TypeUrl.EndsWith(nameof(NamespaceNotFoundFailure), StringComparison.Ordinal));

    private static ControlPlaneException Unavailable() =>
        new(ErrorCode.Unavailable, "Temporal cannot be reached right now. Call again in a moment.");

    private WorkflowOptions Options(
        string id, IReadOnlyDictionary<string, object>? memo, CancellationToken cancellationToken) =>
        new(id, options.Value.TaskQueue)
        {
            IdConflictPolicy = WorkflowIdConflictPolicy.UseExisting,
            IdReusePolicy = WorkflowIdReusePolicy.AllowDuplicate,
            Memo = memo,
            Rpc = new RpcOptions { CancellationToken = cancellationToken, Timeout = TimeSpan.FromSeconds(10) },
        };
}
