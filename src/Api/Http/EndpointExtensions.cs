using ControlPlane;

namespace Api.Http;

/// <summary>Declares the errors of an endpoint for the OpenAPI document.</summary>
public static class EndpointExtensions
{
    public const string ProblemType = "application/problem+json";

    /// <summary>Declares the error codes of an endpoint: one response in the document for each status.</summary>
    public static RouteHandlerBuilder WithErrors(this RouteHandlerBuilder route, params ErrorCode[] codes)
    {
        route.WithMetadata(new ErrorCodes(codes));
        foreach (int status in codes.Select(code => code.ToHttp().Status).Distinct())
        {
            route.Produces<Problem>(status, ProblemType);
        }

        return route;
    }

    /// <summary>Declares the same as <see cref="WithErrors"/> for an endpoint with a JSON body.</summary>
    public static RouteHandlerBuilder WithBodyErrors(this RouteHandlerBuilder route, params ErrorCode[] codes) => route
        .WithErrors([ErrorCode.InvalidRequest, .. codes])
        .Produces<Problem>(StatusCodes.Status413PayloadTooLarge, ProblemType)
        .Produces<Problem>(StatusCodes.Status415UnsupportedMediaType, ProblemType);
}

/// <summary>Endpoint metadata: a header of the request that the document describes.</summary>
internal sealed record RequestHeader(string Name, string Description, int MinLength, int MaxLength);

/// <summary>Endpoint metadata: the error codes that the document lists for each status.</summary>
internal sealed record ErrorCodes(IReadOnlyList<ErrorCode> Codes);
