using System.Linq.Expressions;
using System.Security.Cryptography;
using Temporalio.Api.Enums.V1;
using Temporalio.Client;
using Temporalio.Exceptions;

namespace ControlPlane.Temporal;

/// <summary>
/// Starts the control plane's workflows from the functions. The first call connects, so that a process starts fast and
/// without Temporal. Arguments become JSON without reflection.
/// </summary>
/// <param name="options">The options, read on first use: other features work without the settings of Temporal.</param>
public sealed class ControlPlaneWorkflows(Lazy<TemporalOptions> options)
{
    private readonly Lazy<ITemporalClient> client = new(() => TemporalClient.CreateLazy(
        TemporalConnection.ConnectOptions(options.Value, TemporalJson.Default.Options)));

    public ITemporalClient Client => client.Value;

    public string Namespace => options.Value.Namespace;

    /// <summary>The keys with which this process reads payloads; empty without encryption.</summary>
    public IReadOnlyList<string> PayloadKeys => options.Value.PayloadKeys?.Fingerprints ?? [];

    /// <summary>Starts a run of the workflow, or returns its open run. Closed runs are ignored.</summary>
    /// <exception cref="ControlPlaneException"><c>unavailable</c>: Temporal cannot be reached.</exception>
    public Task<WorkflowHandle<TWorkflow, TResult>> StartAsync<TWorkflow, TResult>(
        Expression<Func<TWorkflow, Task<TResult>>> run,
        string id,
        IReadOnlyDictionary<string, object>? memo,
        CancellationToken cancellationToken) =>
        CallAsync(() => Client.StartWorkflowAsync(run, Options(id, memo, cancellationToken)));

    /// <inheritdoc cref="StartAsync{TWorkflow, TResult}"/>
    public Task<WorkflowHandle<TWorkflow>> StartAsync<TWorkflow>(
        Expression<Func<TWorkflow, Task>> run, string id, CancellationToken cancellationToken) =>
        CallAsync(() => Client.StartWorkflowAsync(run, Options(id, null, cancellationToken)));

    /// <summary>Calls Temporal and translates connection failures.</summary>
    /// <exception cref="ControlPlaneException">
    /// <c>unavailable</c>: Temporal cannot be reached, does not know the namespace or the run, or the answer cannot be
    /// decrypted.
    /// </exception>
    public static async Task<T> CallAsync<T>(Func<Task<T>> call)
    {
        try
        {
            return await call();
        }
        catch (RpcException e) when (e.Code is RpcException.StatusCode.NotFound)
        {
            throw new ControlPlaneException(ErrorCode.Unavailable,
                "Temporal does not know the namespace or the run. Check that `setup` was run against this server.");
        }
        catch (RpcException e) when (TemporalErrors.RefusesCredentials(e))
        {
            throw new ControlPlaneException(ErrorCode.Unavailable,
                "Temporal refuses the credentials of this process. Check TEMPORAL_API_KEY or the client certificate.");
        }
        catch (RpcException e) when (TemporalErrors.Classify(e) != ErrorClass.Content)
        {
            throw Unavailable();
        }
        catch (CryptographicException)
        {
            throw new ControlPlaneException(ErrorCode.Unavailable,
                "This process cannot read what the worker wrote: their PAYLOAD_KEYS differ. Compare them with "
                + "`Worker doctor`.");
        }
        catch (InvalidOperationException e) when (TemporalErrors.IsUnreachable(e))
        {
            throw Unavailable();
        }
    }

    /// <summary>Makes a call about a run. Returns null if the run does not exist or is closed.</summary>
    /// <exception cref="ControlPlaneException"><c>unavailable</c>: Temporal cannot be reached.</exception>
    public static Task<T?> FindAsync<T>(Func<Task<T>> call)
        where T : class =>
        CallAsync(async () =>
        {
            try
            {
                return await call();
            }
            catch (RpcException e) when (e.Code is RpcException.StatusCode.NotFound && TemporalErrors.IsAboutRun(e))
            {
                return null;
            }
        });

    private static ControlPlaneException Unavailable() =>
        new(ErrorCode.Unavailable, "Temporal is unreachable. Try again in a moment.");

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
