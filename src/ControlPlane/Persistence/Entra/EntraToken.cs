namespace ControlPlane.Persistence.Entra;

/// <summary>A token of Microsoft Entra. Its text is a secret.</summary>
public sealed record EntraToken(string Text, DateTimeOffset ExpiresAt)
{
    /// <summary>Returns only the expiry.</summary>
    public override string ToString() => $"{nameof(EntraToken)} until {ExpiresAt:O}";
}

/// <summary>Reports that no token was issued. The message contains no secret.</summary>
public sealed class EntraTokenException(string message, Exception? inner = null) : Exception(message, inner);
