using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Logging;

namespace ControlPlane.Leads;

/// <summary>A sign-up as it came in; every field is checked by the use case.</summary>
public sealed record RegisterLeadCommand(
    [property: StringLength(EmailAddress.MaxLength)] string? Email,
    [property: StringLength(Field.NameLength)] string? FirstName,
    [property: StringLength(Field.NameLength)] string? LastName,
    [property: StringLength(Field.NameLength)] string? CompanyName,
    RegisterLeadAddress? Address = null);

public sealed record RegisterLeadAddress(
    [property: StringLength(Field.NameLength)] string? Country,
    [property: StringLength(RegisterLeadAddress.StreetLength)] string? Address = null,
    [property: StringLength(Field.NameLength)] string? City = null,
    [property: StringLength(Field.NameLength)] string? State = null,
    [property: StringLength(RegisterLeadAddress.ZipLength)] string? Zip = null)
{
    public const int StreetLength = 200;
    public const int ZipLength = 20;
}

/// <param name="Id">The lead.</param>
/// <param name="Token">Its validation token, where that does not go by mail.</param>
public sealed record RegisteredLead(Guid Id, string? Token);

/// <summary>
/// Takes a sign-up. Whether the address is known makes no difference: each sign-up is a lead of its own, and the same
/// work is done for it.
/// </summary>
public sealed partial class RegisterLead(
    LeadRepository leads, LeadVerificationMail mail, AdmitMail admit, TimeProvider time, ILogger<RegisterLead> logger)
{
    /// <exception cref="ControlPlaneException">A field is wrong, too many mails, or Temporal is away.</exception>
    public async Task<RegisteredLead> ExecuteAsync(RegisterLeadCommand command, CancellationToken cancellationToken)
    {
        var lead = Lead.Register(
            EmailAddress.Parse(command.Email),
            Field.Required(command.FirstName, "firstName"),
            Field.Required(command.LastName, "lastName"),
            Field.Required(command.CompanyName, "companyName"),
            ParseAddress(command.Address),
            time.GetUtcNow());
        mail.RequireConfigured();
        await admit(lead.Email, cancellationToken);
        // It stays when the mail cannot be started after all: the start may have succeeded and its answer been lost,
        // and then the mail's link must find it. One that nobody ever verifies goes with the retention of contacts.
        await leads.AddAsync(lead, cancellationToken);
        LogRegistered(lead.Id, lead.Email);
        return new RegisteredLead(lead.Id, await mail.SendAsync(lead.Id, lead.TokenGeneration, cancellationToken));
    }

    private static LeadAddress? ParseAddress(RegisterLeadAddress? address) => address is null
        ? null
        : new LeadAddress(
            Field.Required(address.Country, "address.country"),
            Field.Optional(address.Address, "address.address", RegisterLeadAddress.StreetLength),
            Field.Optional(address.City, "address.city"),
            Field.Optional(address.State, "address.state"),
            Field.Optional(address.Zip, "address.zip", RegisterLeadAddress.ZipLength));

    [LoggerMessage(101, LogLevel.Information, "Lead {LeadId} signed up as {Email}")]
    private partial void LogRegistered(Guid leadId, EmailAddress email);
}
