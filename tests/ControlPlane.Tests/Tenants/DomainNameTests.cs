using ControlPlane.Tenants;

namespace ControlPlane.Tests.Tenants;

public sealed class DomainNameTests
{
    [Theory]
    [InlineData("newcompany.com", "newcompany.com")]
    [InlineData("NewCompany.COM", "newcompany.com")]
    [InlineData("a-b.co.uk", "a-b.co.uk")]
    [InlineData("  newcompany.com ", "newcompany.com")]
    [InlineData("\u00A0newcompany.com\u200B", "newcompany.com")]
    [InlineData("b\u00FCcher.example", "xn--bcher-kva.example")]
    [InlineData("B\u00DCCHER.example", "xn--bcher-kva.example")]
    [InlineData("xn--bcher-kva.example", "xn--bcher-kva.example")]
    [InlineData("\u4F8B\u5B50.\u4E2D\u56FD", "xn--fsqu00a.xn--fiqs8s")]
    [InlineData("123.example", "123.example")]
    public void A_host_name_is_normalized(string text, string expected) =>
        Assert.Equal(expected, DomainName.Parse(text, "domains").Value);

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("com")]
    [InlineData("localhost")]
    [InlineData("app.localhost")]
    [InlineData("192.168.0.1")]
    [InlineData("1.2.3.4")]
    [InlineData("1.2.3.0x4")]
    [InlineData("[::1]")]
    [InlineData("::1")]
    [InlineData("*.example.com")]
    [InlineData("example.com:8443")]
    [InlineData("https://example.com")]
    [InlineData("example.com/path")]
    [InlineData("user@example.com")]
    [InlineData("example.com.")]
    [InlineData(".example.com")]
    [InlineData("example..com")]
    [InlineData("-example.com")]
    [InlineData("example-.com")]
    [InlineData("exa mple.com")]
    [InlineData("exam\u200Bple.com")]
    [InlineData("example.com\n")]
    [InlineData("exam\0ple.com")]
    [InlineData("under_score.com")]
    [InlineData("gmail.com")]
    [InlineData("Gmail.COM")]
    [InlineData("\uFF45xample.com")] // full-width e
    [InlineData("example\u3002com")] // ideographic full stop
    [InlineData("bu\u0308cher.example")] // u with a combining diaeresis
    [InlineData("xn--a.example")] // invalid punycode
    [InlineData("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.com")] // a label of 64 characters
    public void Text_that_is_not_a_host_name_of_a_company_is_refused(string? text)
    {
        var error = Assert.Throws<ControlPlaneException>(() => DomainName.Parse(text, "domains[0]"));

        Assert.Equal((ErrorCode.InvalidRequest, "domains[0]"), (error.Code, error.Field));
    }

    [Fact]
    public void A_name_of_more_than_253_characters_is_refused() => Assert.Throws<ControlPlaneException>(() =>
        DomainName.Parse(string.Join('.', Enumerable.Repeat("abcdefg", 40)) + ".com", "domains"));
}
