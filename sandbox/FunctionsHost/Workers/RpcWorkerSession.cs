using System.Text.Json;
using FunctionsHost.Functions;
using FunctionsHost.Http;
using FunctionsHost.Rpc;
using FunctionsHost.Rpc.Messages;

namespace FunctionsHost.Workers;

/// <summary>A language worker that has opened its stream.</summary>
internal sealed class RpcWorkerSession(
    WorkerChannel channel, WorkerHandle handle, FunctionsHostOptions options, HttpProxy proxy) : IWorkerSession
{
    private const string HostVersion = "4.0.0.0";

    private readonly string folder = Path.GetFullPath(options.AppFolder);
    private WorkerCapabilities capabilities = WorkerCapabilities.None;

    public WorkerHandle Handle => handle;

    public IReadOnlyList<HostedFunction> Functions { get; private set; } = [];

    public async Task InitializeAsync(CancellationToken cancellationToken)
    {
        var request = new WorkerInitRequest
        {
            HostVersion = HostVersion,
            WorkerDirectory = folder,
            FunctionAppDirectory = folder,
            Capabilities = { ["V2Compatable"] = "True" },
        };
        var answer = await AskAsync(new StreamingMessage { WorkerInitRequest = request }, cancellationToken);
        EnsureSuccess(answer.WorkerInitResponse?.Result, "initialize");
        capabilities = new WorkerCapabilities(answer.WorkerInitResponse!.Capabilities);
    }

    /// <summary>Asks the worker for its functions, and has it load them.</summary>
    public async Task LoadAsync(CancellationToken cancellationToken)
    {
        var request = new FunctionsMetadataRequest { FunctionAppDirectory = folder };
        var answer = await AskAsync(new StreamingMessage { FunctionsMetadataRequest = request }, cancellationToken);
        EnsureSuccess(answer.FunctionMetadataResponse?.Result, "index its functions");
        var metadata = answer.FunctionMetadataResponse!.FunctionMetadataResults;
        foreach (var function in metadata)
            EnsureSuccess(function.Status, $"index '{function.Name}'", optional: true);

        await LoadAsync([.. metadata.Select(LoadRequestOf)], cancellationToken);
        Functions = [.. metadata.Select(FunctionOf).OfType<HostedFunction>()];
    }

    public async Task SpecializeAsync(
        IReadOnlyDictionary<string, string> environment, CancellationToken cancellationToken)
    {
        var request = new FunctionEnvironmentReloadRequest { FunctionAppDirectory = folder };
        request.EnvironmentVariables.Add(new Dictionary<string, string>(environment));
        var answer = await AskAsync(
            new StreamingMessage { FunctionEnvironmentReloadRequest = request }, cancellationToken);
        var reload = answer.FunctionEnvironmentReloadResponse;
        EnsureSuccess(reload?.Result, "take its settings");
        capabilities = capabilities.Updated(reload!);
        await LoadAsync(cancellationToken);
    }

    public Task InvokeAsync(Invocation invocation, CancellationToken cancellationToken) =>
        capabilities.HttpUri is { } address
            ? new ProxiedInvocation(channel, proxy, address, capabilities).RunAsync(invocation, cancellationToken)
            : new RpcInvocation(channel, capabilities).RunAsync(invocation, cancellationToken);

    public void Fail(Exception error) => channel.Fail(error);

    public async Task StopAsync()
    {
        channel.Terminate(options.WorkerGracePeriod);
        try
        {
            await handle.Exited.WaitAsync(options.WorkerGracePeriod, options.TimeProvider);
        }
        catch (TimeoutException)
        {
            await handle.KillAsync();
        }

        channel.Fail(new FunctionsHostException("The host has stopped."));
    }

    private async Task LoadAsync(IReadOnlyList<FunctionLoadRequest> requests, CancellationToken cancellationToken)
    {
        if (capabilities.LoadsCollections)
        {
            var all = new FunctionLoadRequestCollection { FunctionLoadRequests = { requests } };
            var answers = await AskAsync(
                new StreamingMessage { FunctionLoadRequestCollection = all }, cancellationToken);
            foreach (var loaded in answers.FunctionLoadResponseCollection?.FunctionLoadResponses ?? [])
                EnsureSuccess(loaded.Result, "load a function");
            return;
        }

        foreach (var request in requests)
        {
            var answer = await AskAsync(new StreamingMessage { FunctionLoadRequest = request }, cancellationToken);
            EnsureSuccess(answer.FunctionLoadResponse?.Result, $"load '{request.Metadata.Name}'");
        }
    }

    private FunctionLoadRequest LoadRequestOf(RpcFunctionMetadata metadata)
    {
        var complete = metadata.Clone();
        complete.Directory = folder;
        complete.ScriptFile = Path.Combine(folder, metadata.ScriptFile);
        foreach (var binding in metadata.RawBindings.Select(json => JsonDocument.Parse(json).RootElement))
            complete.Bindings[binding.GetProperty("name").GetString()!] = BindingOf(binding);
        return new FunctionLoadRequest { FunctionId = metadata.FunctionId, Metadata = complete };
    }

    private static BindingInfo BindingOf(JsonElement binding) => new()
    {
        Type = binding.GetProperty("type").GetString(),
        Direction = Enum.Parse<BindingInfo.Types.Direction>(
            binding.GetProperty("direction").GetString()!, ignoreCase: true),
    };

    private static HostedFunction? FunctionOf(RpcFunctionMetadata metadata) => FunctionBindings.Read(
        metadata.Name,
        metadata.FunctionId,
        [.. metadata.RawBindings.Select(json => JsonDocument.Parse(json).RootElement)]);

    private Task<StreamingMessage> AskAsync(StreamingMessage message, CancellationToken cancellationToken) =>
        channel.AskAsync(message, options.WorkerInitTimeout, cancellationToken);

    private static void EnsureSuccess(StatusResult? result, string what, bool optional = false)
    {
        if (result is null && optional || result?.Status == StatusResult.Types.Status.Success)
            return;
        var cause = result?.Exception?.Message ?? result?.Result;
        throw new FunctionsHostException($"The worker failed to {what}: {cause}");
    }
}
