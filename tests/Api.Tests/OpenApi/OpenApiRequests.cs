using System.Text.Json.Nodes;
using Api.Invitations;
using ControlPlane;
using ControlPlane.Leads;
using ControlPlane.Provisioning;
using ControlPlane.Tenants;
using Microsoft.OpenApi;

namespace Api.Tests.OpenApi;

/// <summary>
/// Completes the schemas of requests where the attributes of the records cannot. The constants are those of the
/// validation, and <see cref="SchemaBoundsTests"/> holds the rest to it.
/// </summary>
internal static class OpenApiRequests
{
    private static readonly Type[] Requests =
    [
        typeof(AcceptInvitationRequest), typeof(CreateTenantCommand), typeof(ReadInvitationRequest),
        typeof(RegisterLeadAddress), typeof(RegisterLeadCommand), typeof(SubscriptionFields),
        typeof(SubscriptionMetaData), typeof(SubscriptionPlanFields),
    ];

    private static readonly string Tier = AnyCase("enterprise", "silo", "standard", "pooled", "hybrid", "bridge");

    public static void Refine(Type type, OpenApiSchema schema)
    {
        if (!Requests.Contains(type))
        {
            return;
        }

        if (type == typeof(SubscriptionPlanFields))
        {
            // Records need a default to say so, which only the last parameters can have.
            schema.Required!.Remove("description");
        }

        // Required fields are nullable only in our records, so that a missing field is refused by its name.
        foreach (string name in schema.Required ?? new HashSet<string>())
        {
            if (schema.Properties![name] is OpenApiSchema { Type: not null } typed)
            {
                typed.Type &= ~JsonSchemaType.Null;
            }
        }

        foreach (var (name, property) in schema.Properties!.ToList())
        {
            if (property is OpenApiSchema typed)
            {
                Refine(type, name, typed);
            }
        }
    }

    /// <summary>Removes null from the required objects, which the framework adds once all schemas are known.</summary>
    public static void RequireObjects(OpenApiDocument document)
    {
        foreach (var schema in Requests.Select(type => document.Components!.Schemas![type.Name]))
        {
            foreach (string name in schema.Required ?? new HashSet<string>())
            {
                if (schema.Properties![name] is OpenApiSchema { OneOf: [_, OpenApiSchemaReference reference] })
                {
                    schema.Properties[name] = reference;
                }
            }
        }
    }

    public static void RefineQuery(OpenApiParameter parameter)
    {
        if (parameter is not { In: ParameterLocation.Query, Schema: OpenApiSchema schema })
        {
            return;
        }

        (schema.MinLength, schema.MaxLength) = parameter.Name switch
        {
            "key" => (1, TenantKey.MaxConfigurableLength),
            "domain" => (DomainName.MinLength, DomainName.MaxLength),
            "email" => (EmailAddress.MinLength, EmailAddress.MaxLength),
            "q" => (TenantFilter.MinTextLength, Field.MaxNameLength),
            "cursor" => (TenantCursor.TextLength, TenantCursor.TextLength),
            _ => ((int?)null, (int?)null),
        };
        schema.Format = parameter.Name switch { "domain" => "idn-hostname", "email" => "idn-email", _ => null };
        schema.Pattern = parameter.Name switch
        {
            "tier" => Tier,
            "cursor" => "^[A-Za-z0-9_-]*$",
            "key" or "q" => Field.RequiredPattern,
            _ => null,
        };
        if (parameter.Name == "status")
        {
            schema.Enum = [.. Enum.GetValues<TenantStatus>().Select(status => JsonValue.Create(status.ToText()))];
        }
        else if (parameter.Name == "limit")
        {
            schema.Type = JsonSchemaType.Integer;
            (schema.Minimum, schema.Maximum) = ("1", $"{ListTenants.MaxPageSize}");
            schema.Default = JsonValue.Create(ListTenants.DefaultPageSize);
        }
    }

    private static void Refine(Type type, string name, OpenApiSchema property)
    {
        if (type == typeof(RegisterLeadCommand) && name == "email")
        {
            property.Format = "idn-email";
        }
        else if (type == typeof(SubscriptionFields) && name == "subscriberId")
        {
            property.Format = "uuid";
        }
        else if (type == typeof(SubscriptionPlanFields) && name == "tier")
        {
            property.Pattern = Tier;
        }
        else if (type == typeof(CreateTenantCommand) && name == "domains")
        {
            (property.MinItems, property.MaxItems) = (1, CreateTenant.MaxDomains);
            property.UniqueItems = true;
            property.Items = new OpenApiSchema
            {
                Type = JsonSchemaType.String,
                Format = "idn-hostname",
                MinLength = DomainName.MinLength,
                MaxLength = DomainName.MaxLength,
            };
        }
    }

    private static string AnyCase(params string[] words) => $"^(?:{string.Join('|', words.Select(word =>
        string.Concat(word.Select(c => $"[{char.ToUpperInvariant(c)}{c}]"))))})$";
}
