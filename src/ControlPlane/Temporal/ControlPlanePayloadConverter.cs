using System.Security.Cryptography;
using System.Text.Json;
using Temporalio.Api.Common.V1;
using Temporalio.Converters;

namespace ControlPlane.Temporal;

/// <summary>
/// JSON, with two additions: payloads of <see cref="IClearPayload"/> are marked, and an input that the worker cannot
/// decrypt becomes null (<see cref="TolerantCodec"/>).
/// </summary>
internal sealed class ControlPlanePayloadConverter(JsonSerializerOptions json) : IPayloadConverter
{
    private readonly DefaultPayloadConverter converter = new(json);

    public Payload ToPayload(object? value)
    {
        var payload = converter.ToPayload(value);
        return value is IClearPayload ? ClearPayloads.Mark(payload) : payload;
    }

    /// <exception cref="CryptographicException">The payload could not be decrypted, and is no input.</exception>
    public object? ToValue(Payload payload, Type type) => TolerantCodec.FindProblem(payload) switch
    {
        null => converter.ToValue(payload, type),
        _ when type.IsAssignableTo(typeof(IWorkflowInput)) => null,
        { } problem => throw new CryptographicException(problem),
    };
}
