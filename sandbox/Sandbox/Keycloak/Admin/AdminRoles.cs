using Sandbox.Keycloak.Model;

namespace Sandbox.Keycloak.Admin;

/// <summary>The administrative roles of a realm; each maps to the roles that it contains.</summary>
internal static class AdminRoles
{
    public const string Admin = "admin";
    public const string CreateRealm = "create-realm";
    public const string RealmAdmin = "realm-admin";
    public const string Impersonation = "impersonation";

    /// <summary>The roles of a realm's management client (and its counterpart in master), except realm-admin.</summary>
    public static readonly IReadOnlyDictionary<string, string[]> Management = new Dictionary<string, string[]>
    {
        ["create-client"] = [],
        [Impersonation] = [],
        ["manage-authorization"] = [],
        ["manage-clients"] = [],
        ["manage-events"] = [],
        ["manage-identity-providers"] = [],
        ["manage-organizations"] = [],
        ["manage-realm"] = [],
        ["manage-users"] = [],
        ["query-clients"] = [],
        ["query-groups"] = [],
        ["query-organizations"] = [],
        ["query-realms"] = [],
        ["query-users"] = [],
        ["view-authorization"] = [],
        ["view-clients"] = ["query-clients"],
        ["view-events"] = [],
        ["view-identity-providers"] = [],
        ["view-organizations"] = ["query-organizations"],
        ["view-realm"] = [],
        ["view-users"] = ["query-groups", "query-users"],
    };

    public static readonly IReadOnlyDictionary<string, string[]> Account = new Dictionary<string, string[]>
    {
        ["delete-account"] = [],
        ["manage-account"] = ["manage-account-links"],
        ["manage-account-links"] = [],
        ["manage-consent"] = ["view-consent"],
        ["view-applications"] = [],
        ["view-consent"] = [],
        ["view-groups"] = [],
        ["view-profile"] = [],
    };

    /// <summary>Whether the role grants administrative rights: only a holder of the role may assign it.</summary>
    public static bool IsAdministrative(Realm realm, Role role) =>
        role.ClientId is { } id
            ? realm.Clients[id].ClientId is var name
                && (name == Realm.ManagementClient
                    || (realm.IsMaster && name.EndsWith("-realm", StringComparison.Ordinal)))
            : realm.IsMaster && role.Name is Admin or CreateRealm;
}
