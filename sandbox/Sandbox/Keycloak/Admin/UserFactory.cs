using System.Text.Json.Nodes;
using Sandbox.Keycloak.Http;
using Sandbox.Keycloak.Model;
using Sandbox.Keycloak.Storage;

namespace Sandbox.Keycloak.Admin;

/// <summary>Creates and updates users from the representations in requests.</summary>
internal sealed class UserFactory(KeycloakState state)
{
    private static readonly string[] ProfileFields = ["email", "firstName", "lastName"];

    /// <summary>Creates a user for the realm and drops attributes that the profile does not declare.</summary>
    /// <exception cref="KeycloakException">
    /// 400: validation failed. 409: username or e-mail address is taken.
    /// </exception>
    public User Create(Realm realm, Document sent)
    {
        if (GetUsername(realm, sent) is not { Length: > 0 } username)
            throw KeycloakException.ErrorMessage(400, "User name is missing");
        if (sent.GetStrings("groups").Count > 0)
            throw KeycloakException.NotImplemented("groups");
        var user = new User(state.NewId(), username, Document.From(new JsonObject
        {
            ["createdTimestamp"] = state.Time.GetUtcNow().ToUnixTimeMilliseconds(),
        }))
        {
            Roles = [realm.DefaultRole],
        };
        user = WithFields(user, sent);
        user = user with { Settings = user.Settings.With("attributes", FilterAttributes(realm, sent)) };
        UserProfile.For(realm).Validate(user);
        RequireUnique(realm, user);
        return WithCredentials(realm, user, sent);
    }

    /// <summary>
    /// Creates a user of a realm import: without profile validation and without the realm's default role.
    /// </summary>
    public User CreateForImport(Realm realm, Document sent)
    {
        var username = sent.GetString("username")?.ToLowerInvariant() ?? throw KeycloakException.UnknownError;
        var user = new User(sent.GetString("id") ?? state.NewId(), username, Document.From(new JsonObject
        {
            ["createdTimestamp"] = sent.GetString("createdTimestamp") is { } created
                ? long.Parse(created, System.Globalization.CultureInfo.InvariantCulture)
                : state.Time.GetUtcNow().ToUnixTimeMilliseconds(),
            ["attributes"] = sent.GetObject("attributes").ToObject(),
        }));
        if (realm.FindUser(username) is not null || realm.Users.ContainsKey(user.Id))
            throw KeycloakException.ErrorMessage(409, "Duplicate resource error");
        user = WithFields(user, sent);
        if (user.Email is { } email && !realm.Settings.GetBoolean("duplicateEmailsAllowed")
            && realm.FindUserByEmail(email) is not null)
            throw KeycloakException.ErrorMessage(409, "Duplicate resource error");
        foreach (var (password, _) in ReadPasswords(sent))
        {
            if (PasswordPolicy.Parse(realm).Check(user, password) is not null)
                throw KeycloakException.ErrorMessage(400, "Password policy not met. See logs for details");
            // An import ignores "temporary": only a required action forces a password change.
            user = WithPassword(realm, user, password);
        }
        return user;
    }

    /// <summary>
    /// Updates the user. Absent fields stay, with one exception: if attributes are sent, they replace all attributes,
    /// including the e-mail address and the names.
    /// </summary>
    public User Update(Realm realm, User user, Document sent)
    {
        if (GetUsername(realm, sent) is { } username && username != user.Username)
        {
            if (!realm.Settings.GetBoolean("editUsernameAllowed"))
                throw new KeycloakException(400, UserProfile.Error("username", "error-user-attribute-read-only"));
            user = user with { Username = username };
        }
        if (sent.Has("attributes"))
        {
            user = user with
            {
                Settings = user.Settings.Without(ProfileFields)
                    .With("attributes", FilterAttributes(realm, sent)),
            };
        }
        user = WithFields(user, sent);
        UserProfile.For(realm).Validate(user);
        RequireUnique(realm, user);
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
        Passwords = [Password.Create(password, state.NewId(), state.Time.GetUtcNow()),
            .. user.Passwords.Take(PasswordPolicy.Parse(realm).RetainedPasswords)],
    };

    private User WithCredentials(Realm realm, User user, Document sent)
    {
        foreach (var (password, temporary) in ReadPasswords(sent))
        {
            if (PasswordPolicy.Parse(realm).Check(user, password) is { } violation)
                throw violation;
            user = WithPassword(realm, user, password, temporary);
        }
        return user;
    }

    private static IEnumerable<(string Password, bool Temporary)> ReadPasswords(Document sent)
    {
        foreach (var credential in sent.GetObjects("credentials"))
        {
            if (credential.GetString("type") is not (null or "password")
                || credential.GetString("value") is not { Length: > 0 } password)
                throw KeycloakException.NotImplemented("credentials other than passwords in plain text");
            yield return (password, credential.GetBoolean("temporary"));
        }
    }

    /// <summary>Sets the fields that were sent; an empty e-mail address or name is removed.</summary>
    public static User WithFields(User user, Document sent)
    {
        var settings = user.Settings.ToObject();
        foreach (var name in ProfileFields.Where(sent.Has))
        {
            var text = sent.GetString(name)!;
            settings.Remove(name);
            if (text.Length > 0)
                settings[name] = name == "email" ? text.ToLowerInvariant() : text;
        }
        settings["enabled"] = sent.Has("enabled") ? sent.GetBoolean("enabled") : user.Enabled;
        settings["emailVerified"] = sent.Has("emailVerified")
            ? sent.GetBoolean("emailVerified") : user.Settings.GetBoolean("emailVerified");
        if (sent.Has("requiredActions"))
            settings["requiredActions"] = KeycloakJson.Array(sent.GetStrings("requiredActions").Distinct());
        return user with { Settings = Document.From(settings) };
    }

    private static JsonObject FilterAttributes(Realm realm, Document sent) =>
        UserProfile.For(realm).KeepEditable(sent.GetObject("attributes")).ToObject();

    private static string? GetUsername(Realm realm, Document sent) =>
        (realm.Settings.GetBoolean("registrationEmailAsUsername")
            ? sent.GetString("email") : sent.GetString("username"))?.ToLowerInvariant();

    private static void RequireUnique(Realm realm, User user)
    {
        if (realm.FindUser(user.Username) is { } sameName && sameName.Id != user.Id)
            throw KeycloakException.ErrorMessage(409, "User exists with same username");
        if (user.Email is { } email && !realm.Settings.GetBoolean("duplicateEmailsAllowed")
            && realm.FindUserByEmail(email) is { } sameEmail && sameEmail.Id != user.Id)
            throw KeycloakException.ErrorMessage(409, "User exists with same email");
    }
}
