using System.Reflection;
using System.Text.Json;
using Api.Http;
using Api.Invitations;
using Api.Tokens;
using ControlPlane.Leads;
using ControlPlane.Provisioning;
using ControlPlane.Tenants;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.OpenApi;

namespace Api.Tests.OpenApi;

/// <summary>Generates the OpenAPI document from the routes: every route, schema and error code.</summary>
internal static class OpenApiGenerator
{
    private const string Description =
        "Errors are problem details (RFC 9457) with a stable `code`. Any call may also answer 500 `internal`, and "
        + "400 `invalid_request` for an unknown name in the query. "
        + "Paths and queries never carry a token.";

    private static readonly (BearerKind Kind, string Name, string Description)[] Bearers =
    [
        (BearerKind.Validation, "validationToken", "The token that was mailed to a lead; valid for 30 minutes."),
        (BearerKind.Lead, "leadToken", "The JWT from verifying a lead; valid for 15 minutes."),
        (BearerKind.Operator, "operatorToken", "An access token of the operators' realm."),
    ];

    private static readonly Type[] Requests =
    [
        typeof(AcceptInvitationRequest), typeof(CreateTenantCommand), typeof(ReadInvitationRequest),
        typeof(RegisterLeadAddress), typeof(RegisterLeadCommand), typeof(SubscriptionFields),
        typeof(SubscriptionMetaData), typeof(SubscriptionPlanFields),
    ];

    /// <summary>Returns the document as text, with a line feed at its end.</summary>
    public static async Task<string> GenerateAsync(CancellationToken cancellationToken)
    {
        await using var app = Routes.Build(services => services.AddOpenApi("v1", options =>
        {
            // HEAD is the same operation as GET.
            options.ShouldInclude = operation => operation.HttpMethod != HttpMethods.Head;
            options.AddDocumentTransformer(DescribeDocumentAsync);
            options.AddOperationTransformer(DescribeOperationAsync);
            options.AddSchemaTransformer(DescribeSchemaAsync);
        }));
        await app.StartAsync(cancellationToken);
        var provider = app.Services.GetRequiredKeyedService<IOpenApiDocumentProvider>("v1");
        var document = await provider.GetOpenApiDocumentAsync(cancellationToken);
        string text = await document.SerializeAsJsonAsync(OpenApiSpecVersion.OpenApi3_1, cancellationToken);
        return text.ReplaceLineEndings("\n").TrimEnd() + "\n";
    }

    private static Task DescribeDocumentAsync(
        OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellationToken)
    {
        document.Info = new OpenApiInfo { Title = "arc-saas control plane", Version = "1", Description = Description };
        // No server addresses: they would come from the Host header, which is not trustworthy.
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

    // The schema of a nested record that may be null does not say so.
    private static void AllowNull(OpenApiSchema schema, Type type)
    {
        var nullability = new NullabilityInfoContext();
        foreach (var property in type.GetProperties()
            .Where(property => nullability.Create(property).ReadState == NullabilityState.Nullable))
        {
            if (schema.Properties?[JsonNamingPolicy.CamelCase.ConvertName(property.Name)] is OpenApiSchema nested)
            {
                nested.Type |= JsonSchemaType.Null;
            }
        }
    }

    // Required request fields are nullable only in our records, so that a missing field is refused by its name.
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

    private static async Task DescribeOperationAsync(
        OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        var metadata = context.Description.ActionDescriptor.EndpointMetadata;
        await DescribeAlternativesAsync(operation, context, cancellationToken);
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
                        ["Retry-After"] = new OpenApiHeader { Description = "Seconds until the next call is allowed." },
                    };
                }

                response.Description = string.Join(", ", codes.Select(code => $"`{code.Code}`"));
            }
        }
    }

    // ASP.NET Core describes one type for each status; the answer to a lead is another one than that to an operator.
    private static async Task DescribeAlternativesAsync(
        OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        foreach (var types in context.Description.ActionDescriptor.EndpointMetadata
            .OfType<IProducesResponseTypeMetadata>().Where(answer => answer.Type is not null)
            .GroupBy(answer => answer.StatusCode, answer => answer.Type!)
            .Where(types => types.Distinct().Count() > 1))
        {
            var content = operation.Responses![$"{types.Key}"].Content!["application/json"];
            var alternatives = new List<IOpenApiSchema> { content.Schema! };
            // The last type is the described one.
            foreach (var type in types.Distinct().SkipLast(1))
            {
                var schema = await context.GetOrCreateSchemaAsync(type, null, cancellationToken);
                AllowNull(schema, type);
                context.Document!.AddComponent(type.Name, schema);
                alternatives.Add(new OpenApiSchemaReference(type.Name, context.Document));
            }

            content.Schema = new OpenApiSchema { OneOf = alternatives };
        }
    }
}
