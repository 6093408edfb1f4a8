using FunctionsHost.Rpc.Messages;
using Grpc.Core;

namespace FunctionsHost.Rpc;

/// <summary>The gRPC service of the host: it connects a worker's stream with the channel that waits for it.</summary>
internal sealed class FunctionRpcService(RpcServer server) : FunctionRpc.FunctionRpcBase
{
    public override async Task EventStream(
        IAsyncStreamReader<StreamingMessage> requestStream,
        IServerStreamWriter<StreamingMessage> responseStream,
        ServerCallContext context)
    {
        var stopped = context.CancellationToken;
        if (!await requestStream.MoveNext(stopped)
            || server.ChannelOf(requestStream.Current.StartStream?.WorkerId) is not { } channel)
        {
            throw new Grpc.Core.RpcException(
                new Status(StatusCode.InvalidArgument, "The first message is no StartStream of an expected worker."));
        }

        channel.Open();
        var writing = WriteAsync();
        try
        {
            while (await requestStream.MoveNext(stopped))
                channel.Receive(requestStream.Current);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // The worker has ended; its exit code tells the supervisor.
        }

        async Task WriteAsync()
        {
            await foreach (var message in channel.Outbound.ReadAllAsync(stopped))
                await responseStream.WriteAsync(message, stopped);
        }

        await writing.ContinueWith(_ => { }, TaskScheduler.Default);
    }
}
