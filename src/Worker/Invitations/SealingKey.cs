using ControlPlane.Settings;
using Npgsql;

namespace Worker.Invitations;

/// <summary>
/// Stores the public key of the worker's <c>INVITATION_PRIVATE_KEY</c> for the functions, which seal passwords to the
/// newest one. A former key that is in use again gets a new time.
/// </summary>
internal sealed class SealingKey(NpgsqlDataSource database, SettingsReader settings, TimeProvider time)
{
    /// <summary>Stores the key, or makes it the newest one.</summary>
    /// <returns>False when it already was the newest one.</returns>
    public async Task<bool> EnsureAsync(CancellationToken cancellationToken)
    {
        settings.Require(InvitationKey.Name, InvitationKey.Expected);
        using var key = InvitationKey.From(settings)!;
        await using var command = database.CreateCommand(
            """
            INSERT INTO sealing_keys AS k (id, public_key, created_at) VALUES ($1, $2, $3)
            ON CONFLICT (id) DO UPDATE SET created_at = excluded.created_at
            WHERE k.id <> (SELECT id FROM sealing_keys ORDER BY created_at DESC, id LIMIT 1)
            """);
        command.Parameters.Add(new() { Value = key.Id });
        command.Parameters.Add(new() { Value = key.PublicKey });
        command.Parameters.Add(new() { Value = time.GetUtcNow() });
        return await command.ExecuteNonQueryAsync(cancellationToken) == 1;
    }
}
