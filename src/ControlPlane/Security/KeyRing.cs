using System.Security.Cryptography;
using ControlPlane.Settings;

namespace ControlPlane.Security;

/// <summary>
/// Holds keys by id, as in <c>TOKEN_KEYS</c> and <c>PAYLOAD_KEYS</c>: <c>id:base64,id:base64</c>. The first key signs
/// or encrypts; all keys verify or decrypt. A new key is added behind the old one in every process, then moved in front
/// of it, and the old one is removed later.
/// </summary>
public sealed class KeyRing
{
    private const string Expected =
        "a list of id:base64 with keys of 32 bytes, such as k1:<44 characters>; the first key is the current one";

    private const int FingerprintBytes = 4;

    private readonly Dictionary<string, byte[]> keys;

    private KeyRing(string currentId, Dictionary<string, byte[]> keys)
    {
        CurrentId = currentId;
        this.keys = keys;
    }

    public string CurrentId { get; }

    public ReadOnlySpan<byte> Current => keys[CurrentId];

    /// <summary>
    /// Names each key by its id and a short hash, the current one first. Two processes can compare them: the hash of a
    /// random key tells nothing about it.
    /// </summary>
    public IReadOnlyList<string> Fingerprints =>
    [
        .. keys.OrderByDescending(key => key.Key == CurrentId).Select(key =>
            $"{key.Key}:{Convert.ToHexStringLower(SHA256.HashData(key.Value).AsSpan(0, FingerprintBytes))}"),
    ];

    public byte[]? Find(string id) => keys.GetValueOrDefault(id);

    /// <summary>Reads the keys from a setting. Returns null if the setting has no value.</summary>
    /// <exception cref="SettingException">
    /// The list is malformed (<see cref="Parse"/>), or contains a weak key in Production.
    /// </exception>
    public static KeyRing? Find(SettingsReader settings, string name)
    {
        if (settings.Find(name) is not { } text)
        {
            return null;
        }

        var ring = Parse(name, text);
        // Older keys are checked too: a guessed key still makes valid tokens and decrypts old histories.
        int weak = settings.IsProduction ? ring.keys.Values.ToList().FindIndex(key => Entropy.IsWeak(key)) : -1;
        return weak < 0
            ? ring
            : throw new SettingException(name, $"a key (number {weak + 1}) that repeats a few bytes",
                "random keys, such as `keys` of the worker prints");
    }

    /// <exception cref="MissingSettingException">There is no value.</exception>
    /// <exception cref="SettingException">See <see cref="Find(SettingsReader, string)"/>.</exception>
    public static KeyRing Require(SettingsReader settings, string name) =>
        Find(settings, name) ?? throw new MissingSettingException(name, Expected);

    /// <param name="name">The name of the setting, for the error message.</param>
    /// <param name="text">The list of keys.</param>
    /// <exception cref="SettingException">
    /// The list is empty, an id is duplicated, or a key is not 32 bytes in base64.
    /// </exception>
    public static KeyRing Parse(string name, string text)
    {
        var keys = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        string? first = null;
        Span<byte> key = stackalloc byte[32];
        const StringSplitOptions Lenient = StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries;
        foreach (string entry in text.Split(',', Lenient))
        {
            int colon = entry.IndexOf(':', StringComparison.Ordinal);
            string id = colon > 0 ? entry[..colon] : "";
            bool isKey = colon > 0
                && id.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_')
                && Convert.TryFromBase64String(entry[(colon + 1)..], key, out int length) && length == 32;
            if (!isKey)
            {
                throw new SettingException(name, $"a malformed entry (number {keys.Count + 1})", Expected);
            }

            if (!keys.TryAdd(id, key.ToArray()))
            {
                throw new SettingException(name, $"the id '{id}' twice", Expected);
            }

            first ??= id;
        }

        return new KeyRing(first ?? throw new SettingException(name, "no key", Expected), keys);
    }
}
