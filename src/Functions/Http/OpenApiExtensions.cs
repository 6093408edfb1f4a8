using ControlPlane.Leads;
using ControlPlane.Provisioning;
using ControlPlane.Tenants;
using Functions.Invitations;
using Functions.Tokens;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Functions.Http;

/// <summary>The API's description at <c>/openapi/v1.json</c>: every route, schema and error code.</summary>
public static class OpenApiExtensions
{
    private const string Codes =
        "Errors are problem details (RFC 9457) with a stable `code`; any call may also answer 500 `internal`. "
        + "No token stands in a path or query.";

    private static readonly (BearerKind Kind, string Name, string Description)[] Bearers =
    [
        (BearerKind.Validation, "validationToken", "The token that a lead was mailed: 30 minutes."),
        (BearerKind.Lead, "leadToken", "A lead's JWT, from verifying it: 15 minutes."),
        (BearerKind.Operator, "operatorToken", "An access token of the operators' realm."),
    ];

    private static readonly Type[] Requests =
    [
        typeof(AcceptInvitationRequest), typeof(CreateTenantCommand), typeof(RegisterLeadAddress),
        typeof(RegisterLeadCommand), typeof(SubscriptionFields), typeof(SubscriptionMetaData),
        typeof(SubscriptionPlanFields),
    ];

    public static void AddOpenApiDocument(this IServiceCollection services) => services.AddOpenApi("v1", options =>
    {
        options.AddDocumentTransformer(DescribeDocumentAsync);
        options.AddOperationTransformer(DescribeOperationAsync);
        options.AddSchemaTransformer(DescribeSchemaAsync);
    });

    private static Task DescribeDocumentAsync(
        OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellationToken)
    {
        document.Info = new OpenApiInfo { Title = "arc-saas control plane", Version = "1", Description = Codes };
        // The address a caller used is its own affair, and a Host header is not to be believed.
        document.Servers = [];
        document.Components ??= new OpenApiComponents();
        document.Components.SecuritySchemes = Bearers.ToDictionary(
            bearer => bearer.Name,
            IOpenApiSecurityScheme (bearer) => new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.Http,
                Scheme = "bearer",
                Description = bearer.Description,
            });
        return Task.CompletedTask;
    }

    // A request's fields may be absent when they come in, and are then refused by name: they are nullable to us alone.
    private static Task DescribeSchemaAsync(
        OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken cancellationToken)
    {
        if (!Requests.Contains(context.JsonTypeInfo.Type))
        {
            return Task.CompletedTask;
        }

        foreach (string name in schema.Required ?? new HashSet<string>())
        {
            if (schema.Properties?[name] is OpenApiSchema { Type: not null } property)
            {
                property.Type &= ~JsonSchemaType.Null;
            }
        }

        return Task.CompletedTask;
    }

    private static Task DescribeOperationAsync(
        OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        var metadata = context.Description.ActionDescriptor.EndpointMetadata;
        if (metadata.OfType<BearerRequirement>().LastOrDefault() is { } requirement)
        {
            operation.Security = Bearers.Where(bearer => requirement.Kind.HasFlag(bearer.Kind))
                .Select(bearer => new OpenApiSecurityRequirement
                {
                    [new OpenApiSecuritySchemeReference(bearer.Name, context.Document)] = [],
                }).ToList();
        }

        foreach (var codes in metadata.OfType<ErrorCodes>().SelectMany(errors => errors.Codes)
            .Distinct().Select(code => code.ToHttp()).GroupBy(code => code.Status))
        {
            if (operation.Responses?.GetValueOrDefault($"{codes.Key}") is OpenApiResponse response)
            {
                if (codes.Key == StatusCodes.Status429TooManyRequests)
                {
                    response.Headers = new Dictionary<string, IOpenApiHeader>
                    {
                        ["Retry-After"] = new OpenApiHeader { Description = "Seconds until there may be more." },
                    };
                }

                response.Description = string.Join(", ", codes.Select(code => $"`{code.Code}`"));
            }
        }

        return Task.CompletedTask;
    }
}
