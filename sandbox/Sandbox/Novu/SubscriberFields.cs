using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Sandbox.Storage;

namespace Sandbox.Novu;

/// <summary>Conversion of subscribers from and to JSON.</summary>
internal static partial class SubscriberFields
{
    public static bool IsId(string? id) => id is not null && IdFormat().IsMatch(id);

    /// <summary>Returns the subscriber with the fields of the body applied; a null clears a field.</summary>
    public static Subscriber Merge(Subscriber subscriber, NovuBody body, DateTimeOffset now) => subscriber with
    {
        UpdatedAt = now,
        FirstName = Text("firstName", subscriber.FirstName, body),
        LastName = Text("lastName", subscriber.LastName, body),
        Email = Email(subscriber.Email, body),
        Phone = Text("phone", subscriber.Phone, body),
        Avatar = Text("avatar", subscriber.Avatar, body),
        Locale = Text("locale", subscriber.Locale, body),
        Timezone = Text("timezone", subscriber.Timezone, body),
        Data = body.Has("data") ? body.Object("data") : subscriber.Data,
    };

    /// <summary>Returns the subscriber with all fields that Novu's own client requires.</summary>
    public static JsonObject Answer(Subscriber subscriber) => new()
    {
        ["_id"] = subscriber.Id,
        ["_organizationId"] = NovuId.Organization,
        ["_environmentId"] = NovuId.Environment,
        ["subscriberId"] = subscriber.SubscriberId,
        ["firstName"] = subscriber.FirstName,
        ["lastName"] = subscriber.LastName,
        ["email"] = subscriber.Email,
        ["phone"] = subscriber.Phone,
        ["avatar"] = subscriber.Avatar,
        ["locale"] = subscriber.Locale,
        ["timezone"] = subscriber.Timezone,
        ["data"] = subscriber.Data?.DeepClone(),
        ["channels"] = new JsonArray(),
        ["deleted"] = false,
        ["createdAt"] = Timestamp.Of(subscriber.CreatedAt),
        ["updatedAt"] = Timestamp.Of(subscriber.UpdatedAt),
    };

    private static string? Text(string field, string? current, NovuBody body) =>
        body.Has(field) ? body.Text(field) : current;

    private static string? Email(string? current, NovuBody body)
    {
        var email = Text("email", current, body);
        return email is null or "" || EmailFormat().IsMatch(email)
            ? email
            : throw NovuException.Invalid("email", "email must be an email", email);
    }

    [GeneratedRegex("^[^@\\s]+@[^@\\s]+$")]
    private static partial Regex EmailFormat();

    // Novu accepts letters, digits, - and _, or an e-mail address.
    [GeneratedRegex("^([A-Za-z0-9_-]+|[^@\\s]+@[^@\\s]+)$")]
    private static partial Regex IdFormat();
}
