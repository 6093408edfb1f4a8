using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Api.Audit;
using Api.Connections;
using Api.Health;
using Api.Idempotency;
using Api.Invitations;
using Api.Leads;
using Api.Provisioning;
using Api.RateLimits;
using Api.Tenants;
using ControlPlane.Leads;
using ControlPlane.Provisioning;
using ControlPlane.Tenants;

namespace Api.Http;

/// <summary>
/// Source-generated JSON for every request and response type. It is strict: duplicate properties and numbers in quotes
/// are refused.
/// </summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web,
    AllowDuplicateProperties = false,
    NumberHandling = JsonNumberHandling.Strict)]
[JsonSerializable(typeof(AboutResponse))]
[JsonSerializable(typeof(AcceptInvitationRequest))]
[JsonSerializable(typeof(AltchaChallenge))]
[JsonSerializable(typeof(AltchaSolution))]
[JsonSerializable(typeof(AuditPageResponse))]
[JsonSerializable(typeof(ConnectionResponse))]
[JsonSerializable(typeof(CreateTenantCommand))]
[JsonSerializable(typeof(CustomerProvisioningResponse))]
[JsonSerializable(typeof(HealthResponse))]
[JsonSerializable(typeof(InvitationResponse))]
[JsonSerializable(typeof(LeadResponse))]
[JsonSerializable(typeof(LiveResponse))]
[JsonSerializable(typeof(OpenedInvitationResponse))]
[JsonSerializable(typeof(PingResponse))]
[JsonSerializable(typeof(Problem))]
[JsonSerializable(typeof(ProvisioningResponse))]
[JsonSerializable(typeof(ProvisioningStartedResponse))]
[JsonSerializable(typeof(ReadInvitationRequest))]
[JsonSerializable(typeof(RegisterLeadCommand))]
[JsonSerializable(typeof(ResidueResponse))]
[JsonSerializable(typeof(ResourceResponse[]))]
[JsonSerializable(typeof(StoredAnswer))]
[JsonSerializable(typeof(SubscriptionFields))]
[JsonSerializable(typeof(TenantResponse))]
[JsonSerializable(typeof(TenantPageResponse))]
[JsonSerializable(typeof(VerifiedLeadResponse))]
internal sealed partial class ApiJson : JsonSerializerContext;

public static class JsonExtensions
{
    /// <summary>Writes the answers that no endpoint writes, like all others.</summary>
    internal static ApiJson Answers { get; } = new(new JsonSerializerOptions(ApiJson.Default.Options)
    {
        Encoder = Encoder,
    });

    // Quotes and angle brackets stay as they are. No answer is read as HTML: its type is JSON, and is not guessed.
    private static JavaScriptEncoder Encoder => JavaScriptEncoder.UnsafeRelaxedJsonEscaping;

    public static void AddJson(this IServiceCollection services)
    {
        services.ConfigureHttpJsonOptions(json =>
        {
            json.SerializerOptions.AllowDuplicateProperties = false;
            json.SerializerOptions.NumberHandling = JsonNumberHandling.Strict;
            json.SerializerOptions.Encoder = Encoder;
            json.SerializerOptions.TypeInfoResolverChain.Insert(0, ApiJson.Default);
        });
        // In every environment, so that ProblemDetailsExtensions alone turns a malformed body into an answer.
        services.Configure<RouteHandlerOptions>(routes => routes.ThrowOnBadRequest = true);
    }
}
