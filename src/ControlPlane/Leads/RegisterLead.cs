using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Logging;

namespace ControlPlane.Leads;

/// <summary>The fields of a sign-up.</summary>
public sealed record RegisterLeadCommand(
    [property: StringLength(EmailAddress.MaxLength, MinimumLength = EmailAddress.MinLength)] string? Email,
    [property: StringLength(Field.MaxNameLength, MinimumLength = 1), RegularExpression(PersonName.Pattern)]
    string? FirstName,
    [property: StringLength(Field.MaxNameLength, MinimumLength = 1), RegularExpression(PersonName.Pattern)]
    string? LastName,
    [property: StringLength(Field.MaxNameLength, MinimumLength = 1), RegularExpression(PersonName.Pattern)]
    string? CompanyName,
    RegisterLeadAddress? Address = null);

public sealed record RegisterLeadAddress(
    [property: StringLength(Field.MaxNameLength, MinimumLength = 1), RegularExpression(Field.RequiredPattern)]
    string? Country,
    [property: StringLength(RegisterLeadAddress.MaxStreetLength), RegularExpression(Field.OptionalPattern)]
    string? Address = null,
    [property: StringLength(Field.MaxNameLength), RegularExpression(Field.OptionalPattern)] string? City = null,
    [property: StringLength(Field.MaxNameLength), RegularExpression(Field.OptionalPattern)] string? State = null,
    [property: StringLength(RegisterLeadAddress.MaxZipLength), RegularExpression(Field.OptionalPattern)]
    string? Zip = null)
{
    public const int MaxStreetLength = 200;
    public const int MaxZipLength = 20;
}

/// <param name="Id">The id of the lead.</param>
/// <param name="Token">The validation token; null if it is mailed, or above a limit of the recipient.</param>
public sealed record RegisteredLead(Guid Id, string? Token);

/// <summary>
/// Registers a lead and delivers its validation token. Each sign-up creates a new lead and does the same work, so that
/// an answer does not reveal whether an address is known.
/// </summary>
public sealed partial class RegisterLead(
    LeadRepository leads, LeadVerificationMail mail, TimeProvider time, ILogger<RegisterLead> logger)
{
    /// <exception cref="ControlPlaneException">A field is invalid, or Temporal is unreachable.</exception>
    public async Task<RegisteredLead> ExecuteAsync(
        RegisterLeadCommand command, AdmitMail admit, CancellationToken cancellationToken)
    {
        var lead = Lead.Register(
            EmailAddress.Parse(command.Email),
            PersonName.Required(command.FirstName, "firstName"),
            PersonName.Required(command.LastName, "lastName"),
            PersonName.Required(command.CompanyName, "companyName"),
            ParseAddress(command.Address),
            time.GetUtcNow());
        mail.RequireConfigured();
        bool isMailed = await admit(lead.Email, cancellationToken);
        // The lead stays even if the mail's workflow seems not to start: if the start succeeded and only its answer was
        // lost, the link in the mail must find the lead. The retention of contacts deletes unverified leads.
        await leads.AddAsync(lead, cancellationToken);
        LogRegistered(lead.Id, lead.Email);
        if (!isMailed)
        {
            // The lead is as good as any other: a later resend mails a link.
            LogNotMailed(lead.Id);
            return new RegisteredLead(lead.Id, Token: null);
        }

        return new RegisteredLead(lead.Id, await mail.SendAsync(lead.Id, lead.TokenGeneration, cancellationToken));
    }

    private static LeadAddress? ParseAddress(RegisterLeadAddress? address) => address is null
        ? null
        : new LeadAddress(
            Field.Required(address.Country, "address.country"),
            Field.Optional(address.Address, "address.address", RegisterLeadAddress.MaxStreetLength),
            Field.Optional(address.City, "address.city"),
            Field.Optional(address.State, "address.state"),
            Field.Optional(address.Zip, "address.zip", RegisterLeadAddress.MaxZipLength));

    [LoggerMessage(101, LogLevel.Information, "Lead {LeadId} signed up as {Email}")]
    private partial void LogRegistered(Guid leadId, EmailAddress email);

    [LoggerMessage(140, LogLevel.Warning, "Lead {LeadId} gets no mail: the limit of its recipient is exceeded")]
    private partial void LogNotMailed(Guid leadId);
}
