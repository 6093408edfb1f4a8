namespace ControlPlane.Leads;

/// <summary>A sign-up as it came in; every field is checked by the use case.</summary>
public sealed record RegisterLeadCommand(
    string? Email, string? FirstName, string? LastName, string? CompanyName, RegisterLeadAddress? Address);

public sealed record RegisterLeadAddress(string? Country, string? Address, string? City, string? State, string? Zip);

/// <param name="Id">The lead.</param>
/// <param name="Token">Its validation token, where that does not go by mail.</param>
public sealed record RegisteredLead(Guid Id, string? Token);

/// <summary>
/// Takes a sign-up. Whether the address is known makes no difference: each sign-up is a lead of its own, and the same
/// work is done for it.
/// </summary>
public sealed class RegisterLead(
    LeadRepository leads, LeadVerificationMail mail, AdmitMail admit, TimeProvider time)
{
    /// <exception cref="ControlPlaneException">A field is wrong, too many mails, or Temporal is away.</exception>
    public async Task<RegisteredLead> ExecuteAsync(RegisterLeadCommand command, CancellationToken cancellation)
    {
        var lead = Lead.Register(
            EmailAddress.Parse(command.Email),
            Field.Required(command.FirstName, "firstName"),
            Field.Required(command.LastName, "lastName"),
            Field.Required(command.CompanyName, "companyName"),
            ParseAddress(command.Address),
            time.GetUtcNow());
        await admit(lead.Email, cancellation);
        await leads.AddAsync(lead, cancellation);
        return new RegisteredLead(lead.Id, await mail.SendAsync(lead.Id, lead.TokenGeneration, cancellation));
    }

    private static LeadAddress? ParseAddress(RegisterLeadAddress? address) => address is null
        ? null
        : new LeadAddress(
            Field.Required(address.Country, "address.country"),
            Field.Optional(address.Address, "address.address", mostLength: 200),
            Field.Optional(address.City, "address.city"),
            Field.Optional(address.State, "address.state"),
            Field.Optional(address.Zip, "address.zip", mostLength: 20));
}
