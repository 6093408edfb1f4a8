namespace ControlPlane.Security;

/// <summary>Tells secrets that were made by chance from those that somebody typed.</summary>
public static class Entropy
{
    private const int MinDifferent = 12;

    /// <summary>
    /// Whether a secret repeats a few bytes: fewer than 12 different ones. Of 32 random bytes about 30 are different,
    /// and no fewer than 12 in any lifetime. What is typed with some care passes: this finds placeholders, no more.
    /// </summary>
    public static bool IsWeak(ReadOnlySpan<byte> secret)
    {
        var seen = new HashSet<byte>();
        foreach (byte value in secret)
        {
            seen.Add(value);
        }

        return seen.Count < MinDifferent;
    }
}
