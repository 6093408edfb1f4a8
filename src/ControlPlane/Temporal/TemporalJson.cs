using System.Text.Json;
using System.Text.Json.Serialization;
using ControlPlane.Invitations;
using ControlPlane.Leads;
using ControlPlane.Provisioning;
using ControlPlane.Readings;

namespace ControlPlane.Temporal;

/// <summary>
/// Source-generated JSON for every type that the functions exchange with Temporal. Under Native AOT, a type that is
/// missing here fails at the call, not at publish.
/// </summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(AcceptInvitationInput))]
[JsonSerializable(typeof(AcceptInvitationResult))]
[JsonSerializable(typeof(ProvisionTenantInput))]
[JsonSerializable(typeof(ProvisionTenantResult))]
[JsonSerializable(typeof(ReadResidueInput))]
[JsonSerializable(typeof(RollBackTenantResult))]
[JsonSerializable(typeof(SendInvitationInput))]
[JsonSerializable(typeof(SendLeadVerificationInput))]
[JsonSerializable(typeof(Dictionary<string, string>))] // the content of an encoded failure
[JsonSerializable(typeof(int))]
[JsonSerializable(typeof(string))]
public sealed partial class TemporalJson : JsonSerializerContext;
