using Temporalio.Api.Failure.V1;
using Temporalio.Converters;

namespace ControlPlane.Temporal;

/// <summary>
/// Moves messages and stack traces of failures into a payload, which the codec encrypts. The SDK's own converter does
/// that for the outermost failure alone: the causes of one that was read before and is passed on stay readable.
/// </summary>
internal sealed class EncodedFailures : IFailureConverter
{
    private const string Placeholder = "Encoded failure";

    private readonly DefaultFailureConverter.WithEncodedCommonAttributes converter = new();

    public Failure ToFailure(Exception exception, IPayloadConverter payloadConverter)
    {
        var failure = converter.ToFailure(exception, payloadConverter);
        for (var cause = failure.Cause; cause is not null; cause = cause.Cause)
        {
            cause.EncodedAttributes ??= payloadConverter.ToPayload(new Dictionary<string, string>
            {
                ["message"] = cause.Message,
                ["stack_trace"] = cause.StackTrace,
            });
            cause.Message = Placeholder;
            cause.StackTrace = "";
        }

        return failure;
    }

    public Exception ToException(Failure failure, IPayloadConverter payloadConverter) =>
        converter.ToException(failure, payloadConverter);
}
