using System.Collections.Immutable;

namespace Sandbox.Keycloak.Model;

/// <summary>A realm. The keys of clients, roles and users are their ids.</summary>
public sealed record Realm
{
    public const string MasterName = "master";

    public const string ManagementClient = "realm-management";

    /// <summary>Set by the creator of the realm or generated; never changes.</summary>
    public required string Id { get; init; }

    public required string Name { get; init; }

    /// <summary>The realm representation without id, name, clients, roles, users and components.</summary>
    public required Document Settings { get; init; }

    /// <summary>Declares the attributes of users and the rights to view and edit them.</summary>
    public required Document UserProfile { get; init; }

    /// <summary>The id of the user profile component, if the realm was imported with one.</summary>
    public string? UserProfileComponent { get; init; }

    public required string DefaultRole { get; init; }

    public ImmutableDictionary<string, Client> Clients { get; init; } = ImmutableDictionary<string, Client>.Empty;

    public ImmutableDictionary<string, Role> Roles { get; init; } = ImmutableDictionary<string, Role>.Empty;

    public ImmutableDictionary<string, User> Users { get; init; } = ImmutableDictionary<string, User>.Empty;

    public bool IsMaster => Name == MasterName;

    public bool Enabled => Settings.GetBoolean("enabled");

    public string AdminClientName => $"{Name}-realm";

    /// <summary>The client in master whose roles administer this realm.</summary>
    public Client GetAdminClient(Realm master) => master.FindClient(AdminClientName)!;

    public Client? FindClient(string clientId) => Clients.Values.FirstOrDefault(client => client.ClientId == clientId);

    public User? FindUser(string username) => Users.Values.FirstOrDefault(user => user.Username == username);

    public User? FindUserByEmail(string email) => Users.Values.FirstOrDefault(user => user.Email == email);

    public Role? FindRole(string name, Client? client = null) =>
        Roles.Values.FirstOrDefault(role => role.Name == name && role.ClientId == client?.Id);

    public IEnumerable<Role> GetRoles(Client? client) => Roles.Values.Where(role => role.ClientId == client?.Id);

    public Realm With(Client client) => this with { Clients = Clients.SetItem(client.Id, client) };

    public Realm With(User user) => this with { Users = Users.SetItem(user.Id, user) };

    public Realm With(Role role) => this with { Roles = Roles.SetItem(role.Id, role) };

    public Realm Without(User user) => this with { Users = Users.Remove(user.Id) };

    /// <summary>Removes the client, its roles, and the user of its service account.</summary>
    public Realm Without(Client client)
    {
        var remaining = Without([.. GetRoles(client)]);
        var accounts = remaining.Users.Values.Where(user => user.ServiceAccountOf == client.Id).Select(user => user.Id);
        return remaining with
        {
            Clients = remaining.Clients.Remove(client.Id),
            Users = remaining.Users.RemoveRange(accounts),
        };
    }

    /// <summary>Removes the roles, also from users and composite roles.</summary>
    public Realm Without(params IReadOnlyList<Role> roles)
    {
        var ids = roles.Select(role => role.Id).ToHashSet();
        return this with
        {
            Roles = Roles.RemoveRange(ids).SetItems(Roles.Values
                .Where(role => !ids.Contains(role.Id) && role.Composites.Overlaps(ids))
                .Select(role => KeyValuePair.Create(role.Id, role with { Composites = role.Composites.Except(ids) }))),
            Users = Users.SetItems(Users.Values
                .Where(user => user.Roles.Overlaps(ids))
                .Select(user => KeyValuePair.Create(user.Id, user with { Roles = user.Roles.Except(ids) }))),
        };
    }

    /// <summary>The roles and, recursively, the roles that they contain.</summary>
    public IReadOnlyCollection<Role> Expand(IEnumerable<string> roleIds)
    {
        var found = new Dictionary<string, Role>();
        var pending = new Stack<string>(roleIds);
        while (pending.TryPop(out var id))
        {
            if (!Roles.TryGetValue(id, out var role) || !found.TryAdd(id, role))
                continue;
            foreach (var contained in role.Composites)
                pending.Push(contained);
        }
        return found.Values;
    }
}
