using Sandbox.Keycloak.Defaults;
using Sandbox.Keycloak.Http;
using Sandbox.Keycloak.Model;

namespace Sandbox.Keycloak.Admin;

/// <summary>Updates a realm: absent fields stay, attributes are replaced, the id never changes.</summary>
internal static class RealmChange
{
    public static World Apply(World world, Realm realm, Document sent)
    {
        var settings = realm.Settings.Merge(sent.Without(RealmImport.Elsewhere).Without(RealmImport.NotPlayed));
        if (sent.Has("attributes"))
            settings = settings.With("attributes", Attributes(realm, sent.Section("attributes")).ToObject());
        realm = realm with { Settings = settings };
        return sent.Text("realm") is { Length: > 0 } name && name != realm.Name
            ? Renamed(world, realm, name)
            : world.With(realm);
    }

    /// <summary>
    /// Keeps the attributes that the server derives from the realm's own fields, except one, as the real server does.
    /// </summary>
    private static Document Attributes(Realm realm, Document sent)
    {
        var known = realm.Settings.Section("attributes");
        var lost = known.Names.Except(Template.Realm.Section("attributes").Names).Append("realmReusableOtpCode");
        return known.Without([.. lost]).Merge(sent);
    }

    private static World Renamed(World world, Realm realm, string name)
    {
        if (realm.IsMaster)
            throw Refusal.Because(400, "Can't rename master realm");
        if (world.Find(name) is not null)
            throw Refusal.Because(409, "Realm with same name exists");
        var ruling = realm.AdminClientOf(world.Master);
        var renamed = realm with { Name = name };
        return world.With(world.Master.With(ruling with { ClientId = renamed.AdminClientName })).With(renamed);
    }
}
