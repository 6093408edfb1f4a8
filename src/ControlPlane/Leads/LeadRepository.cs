using ControlPlane.Persistence;
using Npgsql;

namespace ControlPlane.Leads;

/// <summary>Stores leads (table <c>leads</c>).</summary>
public sealed class LeadRepository(NpgsqlDataSource database)
{
    public Task AddAsync(Lead lead, CancellationToken cancellationToken) => database.Command(
        """
        INSERT INTO leads (id, email, first_name, last_name, company_name, country, street, city, state, zip,
                           token_generation, token_expires_at, created_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
        """,
        lead.Id, lead.Email.Value, lead.FirstName, lead.LastName, lead.CompanyName, lead.Address?.Country,
        lead.Address?.Street, lead.Address?.City, lead.Address?.State, lead.Address?.Zip, lead.TokenGeneration,
        lead.TokenExpiresAt, lead.CreatedAt).ExecuteAsync(cancellationToken);

    public Task<Lead?> FindAsync(Guid id, CancellationToken cancellationToken) =>
        database.Command("SELECT * FROM leads WHERE id = $1", id).ReadFirstAsync(Read, cancellationToken);

    /// <summary>Stores the time of the first verification; later ones do not change it.</summary>
    public Task SaveVerifiedAsync(Guid id, DateTimeOffset verifiedAt, CancellationToken cancellationToken) =>
        database.Command("UPDATE leads SET verified_at = $2 WHERE id = $1 AND verified_at IS NULL", id, verifiedAt)
            .ExecuteAsync(cancellationToken);

    /// <summary>
    /// Makes the next generation of the lead's token the current one and invalidates earlier ones. Does nothing if this
    /// generation or a later one is already current.
    /// </summary>
    public Task BeginGenerationAsync(
        Guid id, int generation, DateTimeOffset expiresAt, CancellationToken cancellationToken) => database.Command(
        """
        UPDATE leads SET token_generation = $2, token_expires_at = $3 WHERE id = $1 AND token_generation = $2 - 1
        """,
        id, generation, expiresAt).ExecuteAsync(cancellationToken);

    private static Lead Read(NpgsqlDataReader row) => Lead.Restore(
        new Lead
        {
            Id = row.Id("id"),
            Email = EmailAddress.FromStorage(row.Text("email")),
            FirstName = row.Text("first_name"),
            LastName = row.Text("last_name"),
            CompanyName = row.Text("company_name"),
            Address = row.FindText("country") is { } country
                ? new LeadAddress(country, row.FindText("street"), row.FindText("city"), row.FindText("state"),
                    row.FindText("zip"))
                : null,
            CreatedAt = row.Time("created_at"),
        },
        row.Number("token_generation"),
        row.Time("token_expires_at"),
        row.FindTime("verified_at"));
}
