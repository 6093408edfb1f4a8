using ControlPlane.Security;

namespace ControlPlane.Leads;

/// <summary>
/// A person who signed up and has no tenant yet. A mailed token proves the email address. Only the generation and the
/// expiry of the token are stored; a new generation invalidates earlier tokens.
/// </summary>
public sealed class Lead
{
    /// <summary>The lifetime of a validation token, which may be used any number of times.</summary>
    public static readonly TimeSpan TokenLifetime = TimeSpan.FromMinutes(30);

    public required Guid Id { get; init; }

    public required EmailAddress Email { get; init; }

    public required string FirstName { get; init; }

    public required string LastName { get; init; }

    public required string CompanyName { get; init; }

    public LeadAddress? Address { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public int TokenGeneration { get; private set; } = 1;

    public DateTimeOffset TokenExpiresAt { get; private set; }

    /// <summary>The time of the first verification; null before it.</summary>
    public DateTimeOffset? VerifiedAt { get; private set; }

    public static Lead Register(
        EmailAddress email, string firstName, string lastName, string companyName, LeadAddress? address,
        DateTimeOffset now) => new()
        {
            Id = Guid.CreateVersion7(now),
            Email = email,
            FirstName = firstName,
            LastName = lastName,
            CompanyName = companyName,
            Address = address,
            CreatedAt = now,
            TokenExpiresAt = now + TokenLifetime,
        };

    /// <summary>Marks the address as verified: the owner of the token can read its mail.</summary>
    /// <exception cref="ControlPlaneException">The token is of another lead, not genuine, or expired.</exception>
    public void Verify(string token, MailedTokens tokens, DateTimeOffset now)
    {
        if (MailedTokens.ReadId(token) is { } id && id != Id)
        {
            throw new ControlPlaneException(ErrorCode.TokenWrongLead, "The token belongs to another lead.");
        }

        if (!tokens.IsGenuine(token, MailedTokenKind.LeadValidation, Id, TokenGeneration))
        {
            throw InvalidToken();
        }

        if (now >= TokenExpiresAt)
        {
            throw new ControlPlaneException(ErrorCode.TokenExpired,
                $"The token has expired. Request a new one: POST /leads/{Id:D}/resend.");
        }

        VerifiedAt ??= now;
    }

    /// <summary>Creates the same error for a wrong token and an unknown lead.</summary>
    public static ControlPlaneException InvalidToken() =>
        new(ErrorCode.TokenInvalid, "The token does not belong to this lead, or a newer one was sent.");

    internal static Lead Restore(
        Lead stored, int tokenGeneration, DateTimeOffset tokenExpiresAt, DateTimeOffset? verifiedAt)
    {
        stored.TokenGeneration = tokenGeneration;
        stored.TokenExpiresAt = tokenExpiresAt;
        stored.VerifiedAt = verifiedAt;
        return stored;
    }
}

/// <summary>The postal address of the company; only the country is required.</summary>
public sealed record LeadAddress(string Country, string? Street, string? City, string? State, string? Zip);
