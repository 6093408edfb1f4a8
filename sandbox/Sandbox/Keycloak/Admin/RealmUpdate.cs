using Sandbox.Keycloak.Defaults;
using Sandbox.Keycloak.Http;
using Sandbox.Keycloak.Model;

namespace Sandbox.Keycloak.Admin;

/// <summary>Updates a realm: absent fields stay, attributes are replaced, the id never changes.</summary>
internal static class RealmUpdate
{
    public static Snapshot Apply(Snapshot snapshot, Realm realm, Document sent)
    {
        var settings = realm.Settings.Merge(
            sent.Without(RealmImport.FieldsOutsideSettings).Without(RealmImport.UnsupportedFields));
        if (sent.Has("attributes"))
            settings = settings.With("attributes", MergeAttributes(realm, sent.GetObject("attributes")).ToObject());
        if (sent.Has("smtpServer"))
        {
            settings = settings.With("smtpServer", SmtpSettings.WithPassword(
                sent.GetObject("smtpServer"), realm.Settings.GetObject("smtpServer")).ToObject());
        }
        realm = realm with { Settings = settings };
        return sent.GetString("realm") is { Length: > 0 } name && name != realm.Name
            ? Rename(snapshot, realm, name)
            : snapshot.With(realm);
    }

    /// <summary>
    /// Keeps the attributes that the server derives from the realm's own fields, except one, as the real server does.
    /// </summary>
    private static Document MergeAttributes(Realm realm, Document sent)
    {
        var existing = realm.Settings.GetObject("attributes");
        var derived = Template.Realm.GetObject("attributes").Names;
        var removed = existing.Names.Except(derived).Append("realmReusableOtpCode");
        return existing.Without([.. removed]).Merge(sent);
    }

    private static Snapshot Rename(Snapshot snapshot, Realm realm, string name)
    {
        if (realm.IsMaster)
            throw KeycloakException.ErrorMessage(400, "Can't rename master realm");
        if (snapshot.Find(name) is not null)
            throw KeycloakException.ErrorMessage(409, "Realm with same name exists");
        var adminClient = realm.GetAdminClient(snapshot.Master);
        var renamed = realm with { Name = name };
        var master = snapshot.Master.With(adminClient with { ClientId = renamed.AdminClientName });
        return snapshot.With(master).With(renamed);
    }
}
