using System.Threading.Channels;
using FunctionsHost.Rpc.Messages;
using FunctionsHost.Workers;
using Grpc.Core;
using Content = FunctionsHost.Rpc.Messages.StreamingMessage.ContentOneofCase;

namespace FunctionsHost.Tests.Fakes;

/// <summary>One start of a <see cref="FakeWorker"/>, until it exits.</summary>
internal sealed class FakeWorkerRun(FakeWorker worker, WorkerStart start) : IDisposable
{
    private readonly TaskCompletionSource<int> exited = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource ended = new();
    private readonly Channel<StreamingMessage> received = Channel.CreateUnbounded<StreamingMessage>();
    private readonly SemaphoreSlim writing = new(1);
    private AsyncDuplexStreamingCall<StreamingMessage, StreamingMessage>? call;

    public WorkerStart Start { get; } = start;

    public WorkerHandle Handle => new() { Exited = exited.Task, KillAsync = KillAsync };

    /// <summary>Ends the worker, like a process that ends.</summary>
    public async Task ExitAsync(int code)
    {
        await ended.CancelAsync();
        exited.TrySetResult(code);
    }

    /// <summary>Waits for a message of the host.</summary>
    public Task<StreamingMessage> ReceivedAsync(Content content) => FindAsync(content).LimitedAsync();

    public async Task SendAsync(StreamingMessage message)
    {
        await writing.WaitAsync(ended.Token);
        await call!.RequestStream.WriteAsync(message, ended.Token);
        writing.Release();
    }

    public async Task ConnectAsync()
    {
        try
        {
            await worker.BeforeConnect(this);
            if (ended.IsCancellationRequested)
                return;
            call = FakeWorker.ClientOf(Start).EventStream(cancellationToken: ended.Token);
            await SendAsync(new StreamingMessage { StartStream = new StartStream { WorkerId = Start.WorkerId } });
            await foreach (var message in call.ResponseStream.ReadAllAsync(ended.Token))
            {
                received.Writer.TryWrite(message);
                _ = AnswerAsync(message);
            }
        }
        catch (Exception e) when (e is Grpc.Core.RpcException or OperationCanceledException)
        {
            // The worker or its host has ended.
        }
    }

    private async Task<StreamingMessage> FindAsync(Content content)
    {
        await foreach (var message in received.Reader.ReadAllAsync(TestContext.Current.CancellationToken))
        {
            if (message.ContentCase == content)
                return message;
        }

        throw new InvalidOperationException($"The stream ended without {content}.");
    }

    private async Task AnswerAsync(StreamingMessage message)
    {
        if (message.ContentCase == Content.WorkerTerminate && !worker.Unanswered.Contains(Content.WorkerTerminate))
            await ExitAsync(0);
        else if (!worker.Unanswered.Contains(message.ContentCase) && await AnswerOf(message) is { } answer)
            await SendAsync(answer);
    }

    private async Task<StreamingMessage?> AnswerOf(StreamingMessage message) => message.ContentCase switch
    {
        Content.WorkerInitRequest => new()
        {
            RequestId = message.RequestId,
            WorkerInitResponse = new() { Result = FakeWorker.Success, Capabilities = { worker.Capabilities } },
        },
        Content.FunctionsMetadataRequest => new() { RequestId = message.RequestId, FunctionMetadataResponse = Index() },
        Content.FunctionLoadRequest => new()
        {
            RequestId = message.RequestId,
            FunctionLoadResponse = new()
            {
                FunctionId = message.FunctionLoadRequest.FunctionId,
                Result = FakeWorker.Success,
            },
        },
        Content.FunctionLoadRequestCollection => new()
        {
            RequestId = message.RequestId,
            FunctionLoadResponseCollection = new(),
        },
        Content.FunctionEnvironmentReloadRequest => new()
        {
            RequestId = message.RequestId,
            FunctionEnvironmentReloadResponse = worker.Reloaded,
        },
        Content.InvocationRequest => await InvokeAsync(message.InvocationRequest),
        _ => null,
    };

    private FunctionMetadataResponse Index()
    {
        var response = new FunctionMetadataResponse { Result = FakeWorker.Success };
        response.FunctionMetadataResults.Add(worker.Functions.Select(function => new RpcFunctionMetadata
        {
            Name = function.Name,
            FunctionId = $"id of {function.Name}",
            ScriptFile = "App.dll",
            RawBindings = { function.Bindings },
        }));
        return response;
    }

    private async Task<StreamingMessage?> InvokeAsync(InvocationRequest request)
    {
        var response = new InvocationResponse { InvocationId = request.InvocationId, Result = FakeWorker.Success };
        try
        {
            if (await worker.Answer(request, request.FunctionId["id of ".Length..]) is not { } http)
                return null;
            response.ReturnValue = new TypedData { Http = http };
        }
        catch (InvalidOperationException e)
        {
            response.Result = new StatusResult { Exception = new() { Message = e.Message } };
        }

        return new StreamingMessage { InvocationResponse = response };
    }

    public void Dispose()
    {
        ended.Dispose();
        writing.Dispose();
    }

    private Task KillAsync() => ExitAsync(137);
}
