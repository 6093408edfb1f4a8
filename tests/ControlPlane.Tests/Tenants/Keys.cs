using CsCheck;

namespace ControlPlane.Tests.Tenants;

/// <summary>Generates keys of every configurable length, without reserved words.</summary>
internal static class Keys
{
    public static readonly Gen<string> Legal =
        Gen.Select(
            Gen.Char['a', 'z'],
            Gen.Char["abcdefghijklmnopqrstuvwxyz0123456789"].Array[1, 49],
            (first, rest) => first + new string(rest))
        .Where(key => !IsReserved(key));

    private static bool IsReserved(string key)
    {
        try
        {
            ControlPlane.Tenants.TenantKey.Parse(key, maxLength: 50);
            return false;
        }
        catch (ControlPlaneException e)
        {
            return e.Message.Contains("reserved", StringComparison.Ordinal);
        }
    }
}
