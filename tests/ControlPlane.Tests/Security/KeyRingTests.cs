using ControlPlane.Security;
using ControlPlane.Settings;

namespace ControlPlane.Tests.Security;

public sealed class KeyRingTests
{
    private const string Key = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=";

    [Fact]
    public void The_first_key_is_current_and_all_keys_are_found()
    {
        var ring = Ring.Of("new", "old");

        Assert.Equal("new", ring.CurrentId);
        Assert.NotNull(ring.Find("old"));
        Assert.Null(ring.Find("other"));
    }

    [Theory]
    [InlineData("")]
    [InlineData(",")]
    [InlineData(Key)]
    [InlineData($":{Key}")]
    [InlineData("k1:c2hvcnQ=")]
    [InlineData("k1:not base64")]
    [InlineData($"k.1:{Key}")]
    [InlineData($"k1:{Key},k1:{Key}")]
    public void A_malformed_list_is_an_error_without_the_keys(string text)
    {
        var error = Assert.Throws<SettingException>(() => KeyRing.Parse("TOKEN_KEYS", text));

        Assert.StartsWith("TOKEN_KEYS: found ", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Key, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("c2hvcnQ", error.Message, StringComparison.Ordinal);
    }
}
