using System.Reflection;
using System.Text.Json;
using Api.Http;
using Api.Tokens;
using ControlPlane;
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
        "Errors are problem details (RFC 9457) with a stable `code`. Any call may also be refused for its head or its "
        + "pace: 408 `request_timeout`, 414 `address_too_long`, 431 `headers_too_large`. "
        + "Lengths count Unicode code points, without spaces around a text, which are removed. "
        + "Paths and queries never carry a token.";

    private static readonly (BearerKind Kind, string Name, string Description)[] Bearers =
    [
        (BearerKind.Validation, "validationToken", "The token that was mailed to a lead; valid for 30 minutes."),
        (BearerKind.Lead, "leadToken", "The JWT from verifying a lead; valid for 15 minutes."),
        (BearerKind.Operator, "operatorToken", "An access token of the operators' realm."),
        (BearerKind.Application, "applicationToken",
            "An access token of the operators' realm with the role of applications or operators."),
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
        OpenApiRequests.RequireObjects(document);
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
    // Formats and items have no attribute.
    private static Task DescribeSchemaAsync(
        OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken cancellationToken)
    {
        OpenApiRequests.Refine(context.JsonTypeInfo.Type, schema);
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

        foreach (var header in metadata.OfType<RequestHeader>())
        {
            (operation.Parameters ??= []).Add(new OpenApiParameter
            {
                Name = header.Name,
                In = ParameterLocation.Header,
                Description = header.Description,
                Schema = new OpenApiSchema
                {
                    Type = JsonSchemaType.String,
                    MinLength = header.MinLength,
                    MaxLength = header.MaxLength,
                },
            });
        }

        foreach (var parameter in operation.Parameters?.OfType<OpenApiParameter>() ?? [])
        {
            OpenApiRequests.RefineQuery(parameter);
        }

        var listed = metadata.OfType<ErrorCodes>().SelectMany(errors => errors.Codes).Select(code => code.ToHttp());
        foreach (var codes in listed.Concat(OfEveryOperation(operation)).Distinct().GroupBy(code => code.Status))
        {
            string status = $"{codes.Key}";
            operation.Responses ??= [];
            if (operation.Responses.GetValueOrDefault(status) is not OpenApiResponse response)
            {
                operation.Responses[status] = response = new OpenApiResponse
                {
                    Content = new Dictionary<string, OpenApiMediaType>
                    {
                        [EndpointExtensions.ProblemType] = new OpenApiMediaType
                        {
                            Schema = new OpenApiSchemaReference(nameof(Problem), context.Document),
                        },
                    },
                };
            }

            if (codes.Key is StatusCodes.Status429TooManyRequests or StatusCodes.Status503ServiceUnavailable)
            {
                response.Headers = new Dictionary<string, IOpenApiHeader>
                {
                    ["Retry-After"] = new OpenApiHeader
                    {
                        Description = "Seconds after which to try again.",
                        Schema = new OpenApiSchema { Type = JsonSchemaType.Integer },
                    },
                };
            }

            response.Description = string.Join(", ", codes.Select(code => $"`{code.Code}`"));
        }

        operation.Responses = Sorted(operation.Responses!);
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

    // An unknown name in the query, a malformed id, a large body and an unexpected error are possible everywhere.
    private static IEnumerable<(int Status, string Code)> OfEveryOperation(OpenApiOperation operation) =>
    [
        ErrorCode.InvalidRequest.ToHttp(),
        .. operation.Parameters?.Any(parameter => parameter.In == ParameterLocation.Path) == true
            ? [ErrorCode.NotFound.ToHttp()]
            : Array.Empty<(int, string)>(),
        (StatusCodes.Status413PayloadTooLarge, "too_large"),
        .. operation.RequestBody is null
            ? Array.Empty<(int, string)>()
            : [(StatusCodes.Status415UnsupportedMediaType, "unsupported_media_type")],
        (StatusCodes.Status500InternalServerError, "internal"),
    ];

    private static OpenApiResponses Sorted(OpenApiResponses responses)
    {
        var sorted = new OpenApiResponses();
        foreach (var (status, response) in responses.OrderBy(response => response.Key, StringComparer.Ordinal))
        {
            sorted[status] = response;
        }

        return sorted;
    }
}
