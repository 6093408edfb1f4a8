namespace ControlPlane.Security;

/// <summary>Detects placeholder secrets.</summary>
public static class Entropy
{
    private const int MinDistinctBytes = 12;

    /// <summary>
    /// Returns whether a secret has fewer than 12 distinct bytes. 32 random bytes have about 30 distinct ones, and
    /// practically never fewer than 12. A carefully typed secret passes: the check only finds placeholders.
    /// </summary>
    public static bool IsWeak(ReadOnlySpan<byte> secret)
    {
        var seen = new HashSet<byte>();
        foreach (byte value in secret)
        {
            seen.Add(value);
        }

        return seen.Count < MinDistinctBytes;
    }
}
