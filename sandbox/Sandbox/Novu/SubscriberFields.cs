using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Sandbox.Storage;

namespace Sandbox.Novu;

/// <summary>A subscriber as callers write and read it.</summary>
internal static partial class SubscriberFields
{
    public static bool IsId(string? id) => id is not null && IdForm().IsMatch(id);

    /// <summary>Fields that the body has replace those of the subscriber; a null erases.</summary>
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

    /// <summary>All that Novu's own client insists on.</summary>
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
        ["createdAt"] = Stamp.Of(subscriber.CreatedAt),
        ["updatedAt"] = Stamp.Of(subscriber.UpdatedAt),
    };

    private static string? Text(string field, string? old, NovuBody body) => body.Has(field) ? body.Text(field) : old;

    private static string? Email(string? old, NovuBody body)
    {
        var email = Text("email", old, body);
        return email is null or "" || EmailForm().IsMatch(email)
            ? email
            : throw NovuException.Invalid("email", "email must be an email", email);
    }

    [GeneratedRegex("^[^@\\s]+@[^@\\s]+$")]
    private static partial Regex EmailForm();

    // Novu takes letters, digits, - and _, or an e-mail address.
    [GeneratedRegex("^([A-Za-z0-9_-]+|[^@\\s]+@[^@\\s]+)$")]
    private static partial Regex IdForm();
}
