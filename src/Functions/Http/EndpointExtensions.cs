using ControlPlane;

namespace Functions.Http;

/// <summary>What an endpoint may answer besides its success, for the OpenAPI document.</summary>
public static class EndpointExtensions
{
    public const string ProblemType = "application/problem+json";

    /// <summary>Errors of one endpoint: one line in the document for each status.</summary>
    public static RouteHandlerBuilder WithErrors(this RouteHandlerBuilder route, params ErrorCode[] codes)
    {
        route.WithMetadata(new ErrorCodes(codes));
        foreach (int status in codes.Select(code => code.ToHttp().Status).Distinct())
        {
            route.Produces<Problem>(status, ProblemType);
        }

        return route;
    }

    /// <summary>As <see cref="WithErrors"/>, for an endpoint that takes a JSON body.</summary>
    public static RouteHandlerBuilder WithBodyErrors(this RouteHandlerBuilder route, params ErrorCode[] codes) => route
        .WithErrors([ErrorCode.InvalidRequest, .. codes])
        .Produces<Problem>(StatusCodes.Status413PayloadTooLarge, ProblemType)
        .Produces<Problem>(StatusCodes.Status415UnsupportedMediaType, ProblemType);
}

/// <summary>The codes behind the statuses, which the document lists by name.</summary>
internal sealed record ErrorCodes(IReadOnlyList<ErrorCode> Codes);
