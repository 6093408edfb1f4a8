using Temporalio.Api.Failure.V1;
using Temporalio.Converters;

namespace ControlPlane.Temporal;

/// <summary>
/// Moves the messages and stack traces of a failure and its causes into payloads, which the codec encrypts. The SDK's
/// converter encodes only the outermost failure: the causes of a failure that was decoded and is passed on would stay
/// in plain text.
/// </summary>
internal sealed class EncodedFailureConverter : IFailureConverter
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
