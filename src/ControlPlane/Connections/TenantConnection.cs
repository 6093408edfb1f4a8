using System.Text.Json.Serialization;
using ControlPlane.Tenants;

namespace ControlPlane.Connections;

/// <summary>How an application reaches an ACTIVE tenant. It contains no secret, only references to secrets.</summary>
/// <param name="Identity">Null: the step that makes the realm was switched off.</param>
/// <param name="Database">Null: provisioned by a version that did not record it.</param>
/// <param name="Storage">Null: the step that makes the bucket was switched off.</param>
public sealed record TenantConnection(
    Tenant Tenant, IdentityConnection? Identity, DatabaseConnection? Database, StorageConnection? Storage,
    DateTimeOffset UpdatedAt)
{
    /// <summary>The version of the document. It rises when a field is removed or changes its meaning.</summary>
    public const int Schema = 1;
}

/// <summary>The tenant's realm.</summary>
/// <param name="Issuer">The issuer of its tokens, which is also the address of the OpenID Connect discovery.</param>
/// <param name="ClientId">The client of the application, without a secret (PKCE).</param>
public sealed record IdentityConnection(string Issuer, string ClientId);

/// <summary>The tenant's schema.</summary>
/// <param name="Host">The server, as the worker reaches it.</param>
/// <param name="Name">The name of the database.</param>
/// <param name="Role">The role that owns the schema; it cannot log in.</param>
/// <param name="Login">The role that logs in; null where tenant secrets are switched off.</param>
public sealed record DatabaseConnection(
    string Host, int Port, string Name, string Schema, string Role, DatabaseLogin? Login);

/// <summary>The role with which the application logs in. It acts as the owner of the schema from the start.</summary>
/// <param name="Generation">Rises with each rotation of the password; the former login is valid until the next.</param>
public sealed record DatabaseLogin(string User, int Generation, SecretReference Password);

/// <summary>The place of a secret.</summary>
/// <param name="Store">The kind of store: <c>folder</c> or <c>sealed</c>.</param>
/// <param name="Name">The name in the store; for <c>sealed</c> the text that the seal authenticates.</param>
/// <param name="Sealed">
/// For <c>sealed</c> only: the secret, encrypted to the application's public key, in base64.
/// </param>
public sealed record SecretReference(string Store, string Name, string? Sealed = null);

/// <summary>The tenant's bucket.</summary>
/// <param name="Endpoint">The address of the object store; null: that of AWS in the region.</param>
/// <param name="Credentials">
/// <c>none</c>: credentials of the tenant's own are not available; the application uses its own.
/// </param>
public sealed record StorageConnection(string Bucket, string Region, string? Endpoint, string Credentials);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(IdentityConnection))]
[JsonSerializable(typeof(DatabaseConnection))]
[JsonSerializable(typeof(StorageConnection))]
internal sealed partial class ConnectionJson : JsonSerializerContext;
