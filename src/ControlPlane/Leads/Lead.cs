using ControlPlane.Security;

namespace ControlPlane.Leads;

/// <summary>
/// A sign-up, not yet a customer. Its address is proven by a mailed token of which only the generation and the expiry
/// are kept; a new generation kills the tokens of the old ones.
/// </summary>
public sealed class Lead
{
    /// <summary>How long a validation token is good, as often as it is used.</summary>
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

    /// <summary>When the address was proven first.</summary>
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

    /// <summary>Takes note that whoever shows the token reads the address's mail.</summary>
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
                $"The token has expired. Ask for a new one: POST /leads/{Id:D}/resend.");
        }

        VerifiedAt ??= now;
    }

    /// <summary>The same answer for a wrong token and for a lead that does not exist.</summary>
    public static ControlPlaneException InvalidToken() =>
        new(ErrorCode.TokenInvalid, "The token is not one of this lead, or a newer one was sent since.");

    internal static Lead Restore(
        Lead stored, int tokenGeneration, DateTimeOffset tokenExpiresAt, DateTimeOffset? verifiedAt)
    {
        stored.TokenGeneration = tokenGeneration;
        stored.TokenExpiresAt = tokenExpiresAt;
        stored.VerifiedAt = verifiedAt;
        return stored;
    }
}

/// <summary>Where the company is; everything but the country is optional.</summary>
public sealed record LeadAddress(string Country, string? Street, string? City, string? State, string? Zip);
