using System.Reflection;
using EmbeddedTemporal.Engine;
using Google.Protobuf.Reflection;
using Microsoft.Extensions.Logging;

namespace EmbeddedTemporal.Rpc;

/// <summary>
/// Binds a protobuf service by its descriptor, without a generated server stub. Each method of the service calls the
/// handler's public method with the same name and types, or answers Unimplemented if there is none.
/// </summary>
internal static partial class DescriptorServiceBinder
{
    private static readonly MethodInfo AddUnary =
        typeof(DescriptorServiceBinder).GetMethod(nameof(Add), BindingFlags.NonPublic | BindingFlags.Static)!;

    public static ServerServiceDefinition Bind(ServiceDescriptor service, object handler, ILogger logger)
    {
        var builder = ServerServiceDefinition.CreateBuilder();
        foreach (var method in service.Methods)
        {
            AddUnary.MakeGenericMethod(method.InputType.ClrType, method.OutputType.ClrType)
                .Invoke(null, [builder, method, handler, logger]);
        }

        return builder.Build();
    }

    private static void Add<TRequest, TResponse>(
        ServerServiceDefinition.Builder builder, MethodDescriptor descriptor, object handler, ILogger logger)
        where TRequest : class, IMessage<TRequest>, new()
        where TResponse : class, IMessage<TResponse>, new()
    {
        var method = new Method<TRequest, TResponse>(
            MethodType.Unary,
            descriptor.Service.FullName,
            descriptor.Name,
            Marshal<TRequest>(descriptor.Name, logger),
            Marshal<TResponse>(descriptor.Name, logger));
        builder.AddMethod(method, Find<TRequest, TResponse>(descriptor, handler));
    }

    private static UnaryServerMethod<TRequest, TResponse> Find<TRequest, TResponse>(
        MethodDescriptor descriptor, object handler)
        where TRequest : class
        where TResponse : class
    {
        var found = handler.GetType().GetMethod(descriptor.Name, [typeof(TRequest), typeof(ServerCallContext)]);
        return found is null
            ? (_, _) => throw TemporalErrors.Unimplemented(descriptor.Name)
            : found.CreateDelegate<UnaryServerMethod<TRequest, TResponse>>(found.IsStatic ? null : handler);
    }

    private static Marshaller<T> Marshal<T>(string method, ILogger logger)
        where T : class, IMessage<T>, new()
    {
        var parser = new MessageParser<T>(() => new T());
        return new Marshaller<T>(Write, Read);

        T Read(DeserializationContext context)
        {
            // Clients recognize the text: the SDK fails the task of a worker instead of sending it again.
            if (context.PayloadLength > SizeLimits.Message)
            {
                throw TemporalErrors.ResourceExhausted(
                    $"grpc: received message after decompression larger than max {SizeLimits.Message}");
            }

            try
            {
                return parser.ParseFrom(context.PayloadAsReadOnlySequence());
            }
            catch (InvalidProtocolBufferException exception)
            {
                LogMalformed(logger, method, exception.Message);
                throw TemporalErrors.Internal($"grpc: error unmarshalling request: {exception.Message}");
            }
        }

        static void Write(T message, SerializationContext context)
        {
            context.SetPayloadLength(message.CalculateSize());
            message.WriteTo(context.GetBufferWriter());
            context.Complete();
        }
    }

    [LoggerMessage(4, LogLevel.Warning, "The request of {Method} is not of its protobuf type: {Reason}")]
    private static partial void LogMalformed(ILogger logger, string method, string reason);
}
