using System.Text.Json.Nodes;
using Sandbox.Keycloak.Http;
using Sandbox.Keycloak.Model;
using Sandbox.Keycloak.Storage;

namespace Sandbox.Keycloak.Admin;

/// <summary>Creates and updates users from the representations in requests.</summary>
internal sealed class UserFactory(KeycloakState state)
{
    private static readonly string[] Names = ["email", "firstName", "lastName"];

    /// <summary>Creates a user for the realm and drops attributes that the profile does not declare.</summary>
    /// <exception cref="Refusal">400: validation failed. 409: the username or e-mail address is taken.</exception>
    public User New(Realm realm, Document sent)
    {
        if (NameFor(realm, sent) is not { Length: > 0 } username)
            throw Refusal.Because(400, "User name is missing");
        if (sent.Texts("groups").Count > 0)
            throw Refusal.NotPlayed("groups");
        var user = new User(state.NewId(), username, Document.From(new JsonObject
        {
            ["createdTimestamp"] = state.Time.GetUtcNow().ToUnixTimeMilliseconds(),
        }))
        {
            Roles = [realm.DefaultRole],
        };
        user = WithFields(user, sent);
        user = user with { Settings = user.Settings.With("attributes", Accepted(realm, sent)) };
        UserProfile.Of(realm).Validate(user);
        Unique(realm, user);
        return WithCredentials(realm, user, sent);
    }

    /// <summary>
    /// Creates a user of a realm import: without profile validation and without the realm's default role.
    /// </summary>
    public User Imported(Realm realm, Document sent)
    {
        var username = sent.Text("username")?.ToLowerInvariant() ?? throw Refusal.Failed;
        var user = new User(sent.Text("id") ?? state.NewId(), username, Document.From(new JsonObject
        {
            ["createdTimestamp"] = sent.Text("createdTimestamp") is { } created
                ? long.Parse(created, System.Globalization.CultureInfo.InvariantCulture)
                : state.Time.GetUtcNow().ToUnixTimeMilliseconds(),
            ["attributes"] = sent.Section("attributes").ToObject(),
        }));
        if (realm.UserNamed(username) is not null || realm.Users.ContainsKey(user.Id))
            throw Refusal.Because(409, "Duplicate resource error");
        user = WithFields(user, sent);
        if (user.Email is { } email && !realm.Settings.Flag("duplicateEmailsAllowed")
            && realm.UserWithEmail(email) is not null)
            throw Refusal.Because(409, "Duplicate resource error");
        foreach (var (password, _) in Passwords(sent))
        {
            if (PasswordPolicy.Of(realm).Check(user, password) is not null)
                throw Refusal.Because(400, "Password policy not met. See logs for details");
            // An import ignores "temporary": only a required action forces a password change.
            user = WithPassword(realm, user, password);
        }
        return user;
    }

    /// <summary>
    /// Updates the user. Absent fields stay, with one exception: if attributes are sent, they replace all attributes,
    /// including the e-mail address and the names.
    /// </summary>
    public User Changed(Realm realm, User user, Document sent)
    {
        if (NameFor(realm, sent) is { } username && username != user.Username)
        {
            if (!realm.Settings.Flag("editUsernameAllowed"))
                throw new Refusal(400, UserProfile.Error("username", "error-user-attribute-read-only"));
            user = user with { Username = username };
        }
        if (sent.Has("attributes"))
        {
            user = user with
            {
                Settings = user.Settings.Without(Names)
                    .With("attributes", Accepted(realm, sent)),
            };
        }
        user = WithFields(user, sent);
        UserProfile.Of(realm).Validate(user);
        Unique(realm, user);
        return WithCredentials(realm, user, sent);
    }

    /// <summary>Sets a new password; a temporary one must be changed at the next login.</summary>
    public User WithPassword(Realm realm, User user, string password, bool temporary)
    {
        var actions = user.RequiredActions.Where(action => action != User.UpdatePassword);
        user = WithPassword(realm, user, password);
        return user with
        {
            Settings = user.Settings.With("requiredActions",
                KeycloakJson.Array(temporary ? actions.Append(User.UpdatePassword) : actions)),
        };
    }

    // The policy limits the number of old passwords to keep.
    private User WithPassword(Realm realm, User user, string password) => user with
    {
        Passwords = [Password.Of(password, state.NewId(), state.Time.GetUtcNow()),
            .. user.Passwords.Take(PasswordPolicy.Of(realm).History)],
    };

    private User WithCredentials(Realm realm, User user, Document sent)
    {
        foreach (var (password, temporary) in Passwords(sent))
        {
            if (PasswordPolicy.Of(realm).Check(user, password) is { } broken)
                throw broken;
            user = WithPassword(realm, user, password, temporary);
        }
        return user;
    }

    private static IEnumerable<(string Password, bool Temporary)> Passwords(Document sent)
    {
        foreach (var credential in sent.Items("credentials"))
        {
            if (credential.Text("type") is not (null or "password")
                || credential.Text("value") is not { Length: > 0 } password)
                throw Refusal.NotPlayed("credentials other than passwords in plain text");
            yield return (password, credential.Flag("temporary"));
        }
    }

    /// <summary>Sets the fields that were sent; an empty e-mail address or name is removed.</summary>
    public static User WithFields(User user, Document sent)
    {
        var settings = user.Settings.ToObject();
        foreach (var name in Names.Where(sent.Has))
        {
            var text = sent.Text(name)!;
            settings.Remove(name);
            if (text.Length > 0)
                settings[name] = name == "email" ? text.ToLowerInvariant() : text;
        }
        settings["enabled"] = sent.Has("enabled") ? sent.Flag("enabled") : user.Enabled;
        settings["emailVerified"] = sent.Has("emailVerified")
            ? sent.Flag("emailVerified") : user.Settings.Flag("emailVerified");
        if (sent.Has("requiredActions"))
            settings["requiredActions"] = KeycloakJson.Array(sent.Texts("requiredActions").Distinct());
        return user with { Settings = Document.From(settings) };
    }

    private static JsonObject Accepted(Realm realm, Document sent) =>
        UserProfile.Of(realm).Accepted(sent.Section("attributes")).ToObject();

    private static string? NameFor(Realm realm, Document sent) =>
        (realm.Settings.Flag("registrationEmailAsUsername")
            ? sent.Text("email") : sent.Text("username"))?.ToLowerInvariant();

    private static void Unique(Realm realm, User user)
    {
        if (realm.UserNamed(user.Username) is { } sameName && sameName.Id != user.Id)
            throw Refusal.Because(409, "User exists with same username");
        if (user.Email is { } email && !realm.Settings.Flag("duplicateEmailsAllowed")
            && realm.UserWithEmail(email) is { } sameEmail && sameEmail.Id != user.Id)
            throw Refusal.Because(409, "User exists with same email");
    }
}
