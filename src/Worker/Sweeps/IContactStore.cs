namespace Worker.Sweeps;

/// <summary>An outside system that keeps contact data of leads.</summary>
public interface IContactStore
{
    /// <summary>Erases the contact data of a lead and of its expired tenant's admin user. Idempotent.</summary>
    Task EraseAsync(ErasableContact contact, CancellationToken cancellationToken);
}
