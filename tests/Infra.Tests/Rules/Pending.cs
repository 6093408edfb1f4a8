namespace Infra.Tests.Rules;

/// <summary>Settings of the template that docs/settings.md does not list yet. A test fails when it lists one.</summary>
internal static class Pending
{
    public static readonly string[] Names = ["CLIENT_ADDRESS_HEADER"];
}
