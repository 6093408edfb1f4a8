namespace Worker.Systems.Keycloak;

// The fields of Keycloak's representations that the worker uses, under Keycloak's names. Keycloak rejects unknown
// fields (400 "Unrecognized field"). Null fields are not sent and stay unchanged.
// https://www.keycloak.org/docs-api/latest/rest-api/index.html

public sealed record RealmRepresentation
{
    public string? Id { get; init; }
    public string? Realm { get; init; }
    public string? DisplayName { get; init; }

    /// <summary>Keycloak's default is false.</summary>
    public bool? Enabled { get; init; }

    public string? SslRequired { get; init; }
    public bool? RegistrationAllowed { get; init; }
    public bool? LoginWithEmailAllowed { get; init; }
    public bool? ResetPasswordAllowed { get; init; }
    public bool? BruteForceProtected { get; init; }
    public int? FailureFactor { get; init; }
    public string? PasswordPolicy { get; init; }
    public bool? RevokeRefreshToken { get; init; }
    public int? RefreshTokenMaxReuse { get; init; }

    // Seconds.
    public int? AccessTokenLifespan { get; init; }
    public int? SsoSessionIdleTimeout { get; init; }
    public int? SsoSessionMaxLifespan { get; init; }
    public bool? OfflineSessionMaxLifespanEnabled { get; init; }
    public int? OfflineSessionMaxLifespan { get; init; }
    public int? ActionTokenGeneratedByUserLifespan { get; init; }
    public int? ActionTokenGeneratedByAdminLifespan { get; init; }
    public bool? EventsEnabled { get; init; }
    public long? EventsExpiration { get; init; }
    public bool? AdminEventsEnabled { get; init; }

    /// <summary>Keycloak shows ********** as password, and keeps the stored one if it is sent.</summary>
    public IReadOnlyDictionary<string, string>? SmtpServer { get; init; }

    /// <summary>The one field that a PUT replaces instead of merging.</summary>
    public IReadOnlyDictionary<string, string>? Attributes { get; init; }

    public RolesRepresentation? Roles { get; init; }
    public IReadOnlyList<ClientRepresentation>? Clients { get; init; }
    public IReadOnlyList<UserRepresentation>? Users { get; init; }
    public IReadOnlyDictionary<string, IReadOnlyList<ComponentRepresentation>>? Components { get; init; }
}

public sealed record ClientRepresentation
{
    public string? Id { get; init; }
    public string? ClientId { get; init; }
    public string? Name { get; init; }
    public string? Protocol { get; init; }
    public bool? Enabled { get; init; }
    public bool? PublicClient { get; init; }
    public string? Secret { get; init; }
    public bool? StandardFlowEnabled { get; init; }
    public bool? ImplicitFlowEnabled { get; init; }
    public bool? DirectAccessGrantsEnabled { get; init; }
    public bool? ServiceAccountsEnabled { get; init; }
    public bool? FullScopeAllowed { get; init; }
    public string? BaseUrl { get; init; }
    public IReadOnlyList<string>? RedirectUris { get; init; }
    public IReadOnlyList<string>? WebOrigins { get; init; }
    public IReadOnlyDictionary<string, string>? Attributes { get; init; }
    public IReadOnlyList<ProtocolMapperRepresentation>? ProtocolMappers { get; init; }
}

public sealed record ProtocolMapperRepresentation
{
    public string? Id { get; init; }
    public string? Name { get; init; }
    public string? Protocol { get; init; }
    public string? ProtocolMapper { get; init; }
    public IReadOnlyDictionary<string, string>? Config { get; init; }
}

public sealed record UserRepresentation
{
    public string? Id { get; init; }
    public string? Username { get; init; }
    public string? Email { get; init; }
    public string? FirstName { get; init; }
    public string? LastName { get; init; }
    public bool? Enabled { get; init; }
    public bool? EmailVerified { get; init; }
    public IReadOnlyDictionary<string, IReadOnlyList<string>>? Attributes { get; init; }
    public IReadOnlyList<string>? RequiredActions { get; init; }
    public IReadOnlyList<CredentialRepresentation>? Credentials { get; init; }
    public IReadOnlyList<string>? RealmRoles { get; init; }
    public IReadOnlyDictionary<string, IReadOnlyList<string>>? ClientRoles { get; init; }
}

public sealed record CredentialRepresentation
{
    public string Type { get; init; } = "password";
    public string? Value { get; init; }
    public bool? Temporary { get; init; }

    /// <summary>Without the value.</summary>
    public override string ToString() => $"{Type} credential";
}

public sealed record RolesRepresentation
{
    public IReadOnlyList<RoleRepresentation>? Realm { get; init; }
}

/// <summary>
/// A role mapping needs both id and name; with the id alone Keycloak answers 404 "Role not found".
/// </summary>
public sealed record RoleRepresentation
{
    public string? Id { get; init; }
    public string? Name { get; init; }
    public string? Description { get; init; }
}

public sealed record ComponentRepresentation
{
    public string? ProviderId { get; init; }
    public IReadOnlyDictionary<string, IReadOnlyList<string>>? Config { get; init; }
}

/// <param name="IfResourceExists">FAIL (409, and nothing is imported), SKIP or OVERWRITE.</param>
public sealed record PartialImport(string IfResourceExists, IReadOnlyList<UserRepresentation> Users);
